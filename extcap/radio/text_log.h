// SPDX-License-Identifier: GPL-2.0-or-later
// The serial console of a repeater or room server that logs its packets: each frame as a RAW line, and
// then as an RX line with its signal. The same port has the command line, and whatever else the node
// prints. Source: log_line.h, log_query.h.
#pragma once

#include <optional>
#include <string>

#include "extcap/radio/log_line.h"
#include "extcap/radio/protocol.h"

namespace meshcore::radio {

class TextLog final : public Protocol {
public:
    TextLog() : Protocol(RadioProtocol::text_log) {}

    std::span<const Query> queries() const override;
    void asked(std::size_t index) override;
    bool answered() const override { return !waiting_for_; }

    void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) override;
    bool incomplete() const override { return raw_ || !line_.empty(); }
    bool holds_frame() const override { return raw_.has_value(); }
    std::chrono::milliseconds patience() const override;
    void give_up_incomplete(Record::Time time, const OnRecord& on_record) override;
    void reconnected() override;
    /// A companion with packet logging prints lines too, but no RAW and no time of day; and whatever it
    /// is may echo a command.
    bool recognized() const override { return recognized_; }

private:
    /// A RAW line whose RX line may follow.
    struct Raw {
        Record::Time time;
        NodeTime clock;
        std::string text;
    };

    void line(Record::Time time, const OnRecord& on_record);
    void raw(const RawLine& raw, Record::Time time, const OnRecord& on_record);
    bool rx(const RxLine& rx, Record::Time time, const OnRecord& on_record);
    void tx(const TxLine& tx, Record::Time time, const OnRecord& on_record);
    bool reply_or_boot_line();
    /// Keeps a line of others, which may hold a piece of a frame.
    void keep();
    /// A line of hex alone is the rest of a RAW line that was cut.
    bool rest_follows() const;
    void forget_others();
    void hand_out(Record::Time time, NodeTime clock, Bytes frame, const RxLine* rx, bool repaired,
                  const OnRecord& on_record);
    /// `contradicted` by its RX line: it was cut.
    void hand_out_held(const OnRecord& on_record, bool contradicted = false);

    std::string line_;  // what has come of it
    std::optional<Raw> raw_;
    std::vector<std::string> others_;  // lines since raw_, or since the last packet
    std::size_t size_of_others_ = 0;
    std::optional<std::size_t> waiting_for_;
    std::optional<std::size_t> echoed_;  // the query whose echo came last
    bool recognized_ = false;
};

}  // namespace meshcore::radio
