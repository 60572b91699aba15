// SPDX-License-Identifier: GPL-2.0-or-later
// What may be claimed on a link that others use too.
#include <random>

#include "dissector/core/outline.h"
#include "dissector/core/plausible.h"
#include "support.h"

namespace meshcore::test {
namespace {

using Random = std::mt19937;

Buffer random_bytes(Random& random, std::size_t length) {
    Buffer bytes(length);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    return bytes;
}

std::size_t between(Random& random, std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>{low, high}(random);
}

/// The share of made frames that is taken.
template <typename Make>
double rate(Make make) {
    constexpr int rounds = 200'000;
    Random random{1};
    int taken = 0;
    for (int i = 0; i < rounds; ++i) taken += plausible(make(random));
    return static_cast<double>(taken) / rounds;
}

// LoRaWAN 1.0.4, section 4: MHDR, then by its type.
Buffer lorawan_data(Random& random) {
    static constexpr std::uint8_t headers[] = {0x40, 0x60, 0x80, 0xA0, 0xE0};
    Buffer frame = random_bytes(random, between(random, 12, 64));
    frame[0] = headers[between(random, 0, std::size(headers) - 1)];
    return frame;
}
Buffer lorawan_join_request(Random& random) {
    Buffer frame = random_bytes(random, 23);
    frame[0] = 0x00;
    if (random() % 2) std::fill_n(frame.begin() + 1, 8, std::uint8_t{0});  // no JoinEUI
    return frame;
}
Buffer lorawan_join_accept(Random& random) {
    Buffer frame = random_bytes(random, random() % 2 ? 17 : 33);
    frame[0] = 0x20;
    return frame;
}

// Meshtastic: destination, sender, packet id (u32 LE each), flags, channel hash, next hop, relay.
Buffer meshtastic(Random& random, bool broadcast) {
    Buffer frame = random_bytes(random, between(random, 16 + 4, 16 + 200));
    if (broadcast) std::fill_n(frame.begin(), 4, std::uint8_t{0xFF});
    return frame;
}

bool has_shape(const Decoded& frame) {
    const auto notes = frame.notes();
    return frame.dissection.header.parsed && std::all_of(notes.begin(), notes.end(), [](Note note) {
               return note == Note::bad_mac || note == Note::bad_signature ||
                      note == Note::invalid_text || note == Note::app_data_too_long;
           });
}

TEST(Plausible, TakesWhatTheFirmwareSent) {
    std::size_t count = 0;
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        if (row["expect"].contains("malformed")) continue;
        const std::string raw = row["raw"];
        EXPECT_TRUE(plausible(hex(raw))) << row["name"] << " " << raw;
        ++count;
    }
    EXPECT_EQ(count, 775U);
}

TEST(Plausible, TakesWhatWasHeardIfItIsWhole) {
    int whole = 0, refused = 0, all = 0;
    for (const Buffer& frame : all_frames()) {
        ++all;
        const bool taken = plausible(frame);
        refused += !taken;
        if (!has_shape(Decoded{frame})) continue;
        ++whole;
        EXPECT_TRUE(taken) << to_hex(frame);
    }
    EXPECT_GT(whole, 2500);
    EXPECT_LT(refused, all / 20);
    RecordProperty("whole", whole);
    RecordProperty("refused", refused);
}

TEST(Plausible, RefusesWhatTheFirmwareDrops) {
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        if (!row["expect"].contains("malformed") || row["expect"]["firmware_accepts"]) continue;
        EXPECT_FALSE(plausible(hex(row["raw"].get<std::string>()))) << row["name"];
    }
}

TEST(Plausible, RefusesOtherNetworks) {
    EXPECT_EQ(rate(lorawan_data), 0);
    EXPECT_EQ(rate(lorawan_join_request), 0);
    EXPECT_LT(rate(lorawan_join_accept), 0.0001);
    EXPECT_EQ(rate([](Random& random) { return meshtastic(random, true); }), 0);
    EXPECT_LT(rate([](Random& random) { return meshtastic(random, false); }), 0.02);
}

TEST(Plausible, RefusesNoise) {
    const auto noise = [](Random& random) { return random_bytes(random, between(random, 0, 255)); };
    EXPECT_LT(rate(noise), 0.02);
    for (std::size_t length = 0; length < 300; ++length) {
        EXPECT_FALSE(plausible(Buffer(length, 0x00))) << length;
        EXPECT_FALSE(plausible(Buffer(length, 0xFF))) << length;
    }
}

void expect_same_as_dissection(const Buffer& frame) {
    const Decoded decoded{frame};
    const Header& header = decoded.dissection.header;
    const auto parts = outline(frame);
    ASSERT_EQ(parts.has_value(), header.parsed) << to_hex(frame);
    if (!parts) return;
    EXPECT_EQ(parts->route, header.route);
    EXPECT_EQ(parts->type, header.type);
    EXPECT_EQ(parts->code1, header.code1);
    EXPECT_EQ(parts->code2, header.code2);
    EXPECT_EQ(parts->path_length, header.path_length);
    EXPECT_EQ(parts->hash_count, header.hash_count);
    EXPECT_EQ(to_hex(parts->path), to_hex(decoded.dissection.bytes(header.path)));
    EXPECT_EQ(to_hex(parts->payload), to_hex(decoded.dissection.bytes(header.payload)));
    EXPECT_EQ(parts->hash(), header.hash);
}

TEST(Outline, IsTheHeaderOfTheDissection) {
    for (const Buffer& frame : all_frames()) expect_same_as_dissection(frame);
    Random random{2};
    for (int i = 0; i < 20'000; ++i)
        expect_same_as_dissection(random_bytes(random, between(random, 0, 260)));
}

}  // namespace
}  // namespace meshcore::test
