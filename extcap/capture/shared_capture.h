// SPDX-License-Identifier: GPL-2.0-or-later
// The other end of a Share: a radio that somebody else owns. Its records come as they are, its device
// reports among them, so it asks nothing.
#pragma once

#include "extcap/capture/pcap_stream.h"
#include "extcap/radio/protocol.h"

namespace meshcore::capture {

class SharedCapture final : public radio::Protocol {
public:
    std::span<const radio::Query> queries() const override { return {}; }
    void asked(std::size_t) override {}
    bool answered() const override { return true; }

    void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) override;
    bool incomplete() const override { return parser_.incomplete(); }
    void give_up_incomplete(Record::Time, const OnRecord&) override {}
    void reconnected() override;

private:
    PcapStreamParser parser_;
};

}  // namespace meshcore::capture
