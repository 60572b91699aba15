// SPDX-License-Identifier: GPL-2.0-or-later
// A radio protocol without its I/O: bytes in, records out, and the questions that it may ask. So each
// is tested from a transcript. A further protocol is one file and one row in protocol.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "dissector/core/crypto.h"
#include "dissector/core/result.h"
#include "extcap/radio/device.h"
#include "extcap/radio/learned.h"
#include "extcap/radio/tuning.h"

namespace meshcore::radio {

class Signing;

/// Something that the radio may be asked. The tables of queries hold all that is ever written to a
/// radio that is not to sign anything (signing.h), and nothing in them transmits, stores, consumes or
/// changes anything.
struct Query {
    std::string_view name;
    std::vector<std::uint8_t> bytes;
    std::string_view answer;         ///< how the answer begins, if answers tell
    bool periodic = false;           ///< asked again for each report, not only after connecting
    std::chrono::seconds longer{0};  ///< than others its answer may take
    bool safe_over_tcp = true;       ///< what else may listen there is not harmed by it
};

/// What was read, for the log and for the question "was that a radio at all?".
struct Counters {
    std::uint64_t bytes = 0;  ///< all that was read
    std::uint64_t junk = 0;   ///< of these, what belongs to no message
    std::uint64_t messages = 0;
    std::uint64_t frames = 0;  ///< of these, on-air frames
};

class Protocol {
public:
    Protocol() = default;
    explicit Protocol(RadioProtocol id) : device_(id) {}
    virtual ~Protocol() = default;

    /// In the order to ask; the next one is asked when the last one is answered or given up. Where
    /// there are none, the records tell all, device reports among them.
    virtual std::span<const Query> queries() const = 0;
    /// The query at `index` has been written.
    virtual void asked(std::size_t index) = 0;
    /// Nothing is waited for.
    virtual bool answered() const = 0;
    /// The last one of a round is answered or given up.
    virtual void all_asked() {}

    /// Begins to have `text` signed with the radio's own key, which must be `key`; what was begun
    /// before is given up. Valid until the next call or reconnected().
    virtual Result<Signing*> sign(const PublicKey& key, Bytes text);

    /// Takes what was read, in pieces of any size, and hands out each frame as soon as it is whole.
    /// `time` is stamped on the records.
    virtual void receive(Bytes bytes, Record::Time time, const OnRecord& on_record) = 0;
    /// A message has begun and not ended, or holds_frame().
    virtual bool incomplete() const = 0;
    /// A whole frame waits for what tells how it was received. That must come soon or never will,
    /// whatever the link.
    virtual bool holds_frame() const { return false; }
    /// How long what is incomplete may be silent: 512 bytes take 45 ms at 115200 baud.
    virtual std::chrono::milliseconds patience() const { return std::chrono::seconds{1}; }
    /// Nothing came for so long that what is incomplete stays so: a frame that is held is handed out,
    /// a message that has begun is forgotten.
    virtual void give_up_incomplete(Record::Time time, const OnRecord& on_record) = 0;
    /// A new connection: half messages are forgotten, what is known of the radio is kept.
    virtual void reconnected() = 0;

    /// What was read can be of no other protocol.
    virtual bool recognized() const { return counters_.messages > 0; }
    /// It only finds out which protocol to go on with: each query is asked once, and no reports are
    /// made.
    virtual bool detects() const { return false; }
    /// Of one that detects: what to go on with, once that is known. Hands out what it has read so far.
    virtual std::unique_ptr<Protocol> settled(const OnRecord&) { return nullptr; }

    /// Why nothing can come of this connection; empty as long as something can.
    const std::string& unusable() const { return unusable_; }
    /// The radio has told who it is.
    bool identified() const;
    Record report(Record::Time time, std::string_view event);

    const Device& device() const { return device_; }
    const Counters& counters() const { return counters_; }

protected:
    /// The radio's own counter of received packets: tells the device what was missed.
    void packets_received(double count);

    Device device_;
    Counters counters_;
    std::string unusable_;

private:
    /// Both counters when they were compared first since the radio started. What grew more on its side
    /// was missed.
    std::optional<double> first_received_;
    double first_captured_ = 0;
    double last_received_ = 0;
    double missed_before_reboot_ = 0;
    double missed_ = 0;
};

/// Names for the command line: auto, companion, kiss, log.
std::vector<std::string_view> protocol_names();
/// Null if there is none of this name. Only a KISS modem can be tuned, and only a companion is asked
/// for what it knows of others, if `on_learned` is there. "auto" finds out what it is (detector.h); the
/// session then goes on with that.
std::unique_ptr<Protocol> make_protocol(std::string_view name, const std::optional<Tuning>& tuning = {},
                                        OnLearned on_learned = {});
bool can_be_tuned(std::string_view name);
bool can_be_learned_from(std::string_view name);
/// Only a companion can; "auto" may turn out to be one.
bool can_sign(std::string_view name);

}  // namespace meshcore::radio
