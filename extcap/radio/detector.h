// SPDX-License-Identifier: GPL-2.0-or-later
// Finds out which protocol a radio speaks, without disturbing it. All protocols listen; what only one
// of them can have said decides at once. If nothing comes, each is asked the first of its queries, in
// an order in which no question harms who does not understand it:
//
//   on a serial line
//     1. "ver" CR            a companion skips all up to '<', a KISS modem all up to FEND
//     2. DEVICE_QUERY        a KISS modem drops it as a frame of port 7 or 3; not asked before 1, as it
//                            would stay in a console's line
//     3. GetIdentity         a companion skips it; last, since its FEND opens a frame for what follows
//   over TCP, where a companion takes any three bytes for a header, and then waits for what that
//   promises,
//     DEVICE_QUERY only
//
// Source: firmware src/helpers/ArduinoSerialInterface.cpp, src/helpers/esp32/SerialWifiInterface.cpp
// (checkRecvFrame), examples/kiss_modem/KissModem.cpp (loop, processFrame),
// examples/simple_repeater/main.cpp (loop).
#pragma once

#include "extcap/radio/protocol.h"

namespace meshcore::radio {

class Detector final : public Protocol {
public:
    /// `tuning` is for a KISS modem and `on_learned` for a companion; any other radio is then unusable.
    explicit Detector(const std::optional<Tuning>& tuning = {}, OnLearned on_learned = {});

    std::span<const Query> queries() const override { return queries_; }
    void asked(std::size_t index) override { candidates_[index].protocol->asked(0); }
    bool answered() const override { return false; }

    /// The records wait for settled().
    void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) override;
    bool incomplete() const override { return false; }
    void give_up_incomplete(Record::Time, const OnRecord&) override {}
    void reconnected() override;

    bool detects() const override { return true; }
    std::unique_ptr<Protocol> settled(const OnRecord& on_record) override;
    bool recognized() const override { return found_ != nullptr; }

private:
    struct Candidate {
        std::unique_ptr<Protocol> protocol;
        std::vector<Record> records;
    };

    std::optional<Tuning> tuning_;
    OnLearned on_learned_;
    std::vector<Candidate> candidates_;
    std::vector<Query> queries_;  // the first of each candidate
    Candidate* found_ = nullptr;
};

}  // namespace meshcore::radio
