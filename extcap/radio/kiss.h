// SPDX-License-Identifier: GPL-2.0-or-later
// The KISS modem: a radio without a mesh. It hands over each packet that it hears, whole (the one
// radio that does so for all of 255 bytes), and then, as a frame of its own, RxMeta with SNR and RSSI.
// It can be tuned, which it forgets when it restarts.
// Source: firmware examples/kiss_modem/KissModem.cpp, main.cpp; docs/kiss_modem_protocol.md.
#pragma once

#include <optional>

#include "extcap/radio/kiss_framer.h"
#include "extcap/radio/protocol.h"

namespace meshcore::radio {

class Kiss final : public Protocol {
public:
    /// Without tuning, the receiver is left as it is.
    explicit Kiss(const std::optional<Tuning>& tuning = {});

    std::span<const Query> queries() const override { return queries_; }
    void asked(std::size_t index) override { waiting_for_ = index; }
    bool answered() const override { return !waiting_for_; }

    void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) override;
    bool incomplete() const override { return held_ || framer_.incomplete(); }
    bool holds_frame() const override { return held_.has_value(); }
    void give_up_incomplete(Record::Time time, const OnRecord& on_record) override;
    void reconnected() override;
    /// Noise may look like a DATA frame.
    bool recognized() const override { return spoke_; }

private:
    struct Held {
        Record::Time time;
        std::vector<std::uint8_t> frame;
    };

    /// False if the modem never writes this.
    bool take(Bytes content, Record::Time time, const OnRecord& on_record);
    void data(Bytes frame, Record::Time time, const OnRecord& on_record);
    void rx_meta(Bytes values, const OnRecord& on_record);
    void answer(Bytes content);
    void radio_parameters(Bytes content);
    void hand_out(const CaptureHeader& header, const OnRecord& on_record);
    void hand_out_held(const OnRecord& on_record);

    std::optional<Tuning> tuning_;
    std::vector<Query> queries_;
    std::optional<std::size_t> waiting_for_;
    KissFramer framer_;
    std::optional<Held> held_;  // its RxMeta may follow
    bool rx_meta_is_off_ = false;
    bool spoke_ = false;  // of itself, not only for others
};

}  // namespace meshcore::radio
