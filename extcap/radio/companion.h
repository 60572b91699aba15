// SPDX-License-Identifier: GPL-2.0-or-later
// The companion radio: a node that a phone or a computer drives over USB, TCP or BLE, and that reports
// each packet it hears (up to 173 bytes) as LOG_RX_DATA.
// Source: firmware examples/companion_radio/MyMesh.cpp (handleCmdFrame, logRxRaw).
#pragma once

#include <optional>

#include "extcap/radio/companion_framer.h"
#include "extcap/radio/protocol.h"
#include "extcap/radio/signing.h"

namespace meshcore::radio {

class Companion final : public Protocol {
public:
    /// With `on_learned` it is also asked for its contacts and channels, once.
    explicit Companion(OnLearned on_learned = {});

    std::span<const Query> queries() const override { return queries_; }
    void asked(std::size_t index) override { waiting_for_ = index; }
    bool answered() const override { return !waiting_for_; }
    void all_asked() override;
    Result<Signing*> sign(const PublicKey& key, Bytes text) override;

    void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) override;
    bool incomplete() const override { return framer_.incomplete(); }
    void give_up_incomplete(Record::Time time, const OnRecord& on_record) override;
    void reconnected() override;

private:
    void take_messages(Record::Time time, const OnRecord& on_record);
    void message(Bytes body, Record::Time time, const OnRecord& on_record);
    void log_rx_data(Bytes body, Record::Time time, const OnRecord& on_record);
    void self_info(Bytes body);
    void device_info(Bytes body);
    void stats(Bytes body);
    void contact(Bytes body);
    void channel(Bytes body);

    std::vector<Query> queries_;
    OnLearned on_learned_;  // until it is done
    Learned learned_;
    CompanionFramer framer_;
    std::optional<std::size_t> waiting_for_;
    std::optional<PublicKey> own_key_;
    std::optional<Signing> signing_;
};

}  // namespace meshcore::radio
