// SPDX-License-Identifier: GPL-2.0-or-later
// A bad day, ten thousand times: the stream is chopped anywhere, boot messages and noise stand between
// messages, connections end inside of them, serial lines lose the rest of one. Each frame that arrived
// whole is captured once, in order, and nothing else is.
#include <gtest/gtest.h>

#include <random>

#include "extcap/radio/companion.h"
#include "transcript.h"

namespace meshcore::radio {
namespace {

using Frame = std::vector<std::uint8_t>;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t bound) {
    return random() % bound;
}

/// Noise that cannot be taken for the start of a message, which no receiver could tell from one.
Frame junk(Random& random) {
    Frame bytes(below(random, 4) == 0 ? below(random, 300) : 0);
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(random());
        if (byte == '>') byte = '\n';
    }
    return bytes;
}

std::vector<Frame> messages_of(Bytes stream) {
    std::vector<Frame> messages;
    while (!stream.empty()) {
        const std::size_t length = 3 + std::size_t{load_u16(stream.subspan(1))};
        messages.emplace_back(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(length));
        stream = stream.subspan(length);
    }
    return messages;
}

class Radio {
public:
    explicit Radio(Random& random) : random_(random) {}

    void send(Bytes bytes) {
        while (!bytes.empty()) {
            const std::size_t piece = std::min(bytes.size(), 1 + below(random_, 64));
            companion_.receive(bytes.first(piece), {}, keep_);
            bytes = bytes.subspan(piece);
        }
    }
    void reconnect() { companion_.reconnected(); }
    void fall_silent() { companion_.give_up_incomplete({}, keep_); }

    const std::vector<Frame>& captured() const { return captured_; }
    const Counters& counters() const { return companion_.counters(); }

private:
    Random& random_;
    Companion companion_;
    std::vector<Frame> captured_;
    OnRecord keep_ = [this](const Record& record) {
        captured_.emplace_back(record.frame().begin(), record.frame().end());
    };
};

TEST(Chaos, EachFrameThatArrivedWholeIsCapturedOnce) {
    const auto all = messages_of(transcript("companion/firmware-1.17.1.bin"));
    for (unsigned seed = 0; seed < 10'000; ++seed) {
        Random random{seed};
        Radio radio{random};
        std::vector<Frame> expected;
        std::uint64_t sent = 0;
        for (int i = 0; i < 12; ++i) {
            const Frame noise = junk(random);
            const Frame& message = all[below(random, all.size())];
            radio.send(noise);
            sent += noise.size();
            // A cut one ends before its last byte; what follows comes over a new connection or, on a
            // serial line, after a pause. Its rest must hold no message: that one would count.
            const bool has_inner = std::count(message.begin() + 1, message.end(), '>') > 0;
            if (below(random, 5) == 0 && !has_inner) {
                const std::size_t kept = below(random, message.size());
                radio.send(Bytes{message}.first(kept));
                sent += kept;
                below(random, 2) == 0 ? radio.reconnect() : radio.fall_silent();
                continue;
            }
            radio.send(message);
            sent += message.size();
            if (message[3] == 0x88) expected.emplace_back(message.begin() + 6, message.end());
        }
        ASSERT_EQ(radio.captured(), expected) << "seed " << seed;
        ASSERT_EQ(radio.counters().bytes, sent) << "seed " << seed;
        ASSERT_EQ(radio.counters().frames, expected.size());
    }
}

}  // namespace
}  // namespace meshcore::radio
