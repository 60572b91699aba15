// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/memory.h"

#include "dissector/core/to_json.h"
#include "support.h"

namespace meshcore::test {
namespace {

/// A conversation decoded in order, each frame as JSON.
std::vector<std::string> decode_all(const std::vector<Buffer>& frames, const Keyring& keys,
                                    std::vector<Resolution>* resolutions = nullptr) {
    Memory memory{keys};
    Dissection out;
    std::vector<std::string> lines;
    for (const Buffer& frame : frames) {
        dissect(frame, keys, memory, out);
        memory.learn(out);
        lines.push_back(to_json(nullptr, &out));
        if (resolutions) resolutions->push_back(out.resolution);
    }
    return lines;
}

std::vector<Buffer> firmware_frames() {
    std::vector<Buffer> frames;
    for (const auto& row : rows("firmware-1.17.1.jsonl"))
        frames.push_back(hex(row["raw"].get<std::string>()));
    return frames;
}

TEST(MemoryTest, SameFramesInSameOrderGiveTheSame) {
    const auto frames = firmware_frames();
    EXPECT_EQ(decode_all(frames, firmware_keys()), decode_all(frames, firmware_keys()));
}

TEST(MemoryTest, AResolutionRepeatsTheFirstLookInAnyOrder) {
    const Keyring keys = firmware_keys();
    const auto frames = firmware_frames();
    Memory memory{keys};
    Dissection out;
    std::vector<std::string> first;
    std::vector<Resolution> resolutions;
    for (const Buffer& frame : frames) {
        dissect(frame, keys, memory, out);
        memory.learn(out);
        first.push_back(to_json(nullptr, &out));
        resolutions.push_back(out.resolution);
    }
    for (std::size_t i = frames.size(); i-- > 0;) {
        dissect(frames[i], keys, memory, out, &resolutions[i]);
        EXPECT_EQ(to_json(nullptr, &out), first[i]) << "frame " << i;
    }
}

TEST(MemoryTest, LearnsAPeerFromItsAdvert) {
    // Only the identity of one end is given; the other end's key comes from the air.
    const Keyring all = firmware_keys();
    Keyring keys;
    const Identity& companion = all.identities()[0];
    ASSERT_TRUE(keys.add_identity(companion.name, companion.private_key));
    const auto lines = decode_all(firmware_frames(), keys);
    const auto decrypted = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
        return line.find("\"meshcore.plaintext\"") != std::string::npos;
    });
    EXPECT_GT(decrypted, 200);
}

TEST(MemoryTest, AnAnswerWithoutItsRequestShowsItsBytes) {
    const Keyring keys = firmware_keys();
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        const auto& expect = row["expect"];
        if (expect.value("variant", "") != "RESP_GET_STATUS_room") continue;
        const auto line = decode_all({hex(row["raw"].get<std::string>())}, keys).front();
        const auto object = nlohmann::json::parse(line);
        EXPECT_EQ(object["meshcore.resp.type"], 0xFFFF);
        EXPECT_TRUE(object.contains("meshcore.resp.data"));
        return;
    }
    FAIL() << "no such vector";
}

TEST(MemoryTest, NotEveryAnswerAfterALoginIsTheLogins) {
    const Keyring keys = firmware_keys();
    std::vector<Buffer> frames;
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        const auto name = row["name"].get<std::string>();
        // The same two nodes: a login, and an answer to a request that this capture has not.
        if (name.starts_with("g0058-") || name.starts_with("g0064-"))
            frames.push_back(hex(row["raw"].get<std::string>()));
    }
    ASSERT_EQ(frames.size(), 2u);
    const auto answer = nlohmann::json::parse(decode_all(frames, keys)[1]);
    EXPECT_EQ(answer["meshcore.resp.type"], 0xFFFF);
}

TEST(MemoryTest, AForgedAdvertTeachesNothing) {
    const Keyring keys;
    Memory memory{keys};
    Dissection out;
    for (const auto& row : rows("firmware-1.17.1.jsonl")) {
        if (row["expect"].value("malformed", "") != "ADVERT with forged signature") continue;
        const Buffer frame = hex(row["raw"].get<std::string>());
        dissect(frame, keys, memory, out);
        memory.learn(out);
        EXPECT_TRUE(memory.peers().empty());
        return;
    }
    FAIL() << "no such vector";
}

}  // namespace
}  // namespace meshcore::test
