// SPDX-License-Identifier: GPL-2.0-or-later
// What holds for every frame, whole, cut or damaged.
#include <random>

#include "dissector/core/to_json.h"
#include "support.h"

namespace meshcore::test {
namespace {

bool contains(const Node& outer, const Node& inner) {
    return inner.buffer == outer.buffer && inner.offset >= outer.offset &&
           inner.offset + inner.length <= outer.offset + outer.length;
}

void expect_in_bounds(const Dissection& out) {
    for (const Node& node : out.nodes()) {
        ASSERT_TRUE(node.buffer == derived_buffer || node.buffer < out.buffer_count());
        ASSERT_LE(node.offset + node.length, out.buffer(node.buffer).size()) << field(node.field).name;
    }
    for (const NoteEntry& entry : out.notes())
        ASSERT_LE(entry.where.offset + entry.where.length, out.buffer(entry.where.buffer).size());
}

/// How often the leaf fields cover each byte of a buffer. A leaf is a field of bytes that has no deeper
/// field of bytes in it; bits are parts of their integer.
std::vector<unsigned> coverage(const Dissection& out, BufferId buffer) {
    std::vector<unsigned> covered(out.buffer(buffer).size());
    const auto& nodes = out.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const Node& node = nodes[i];
        if (node.generated || node.buffer != buffer || field(node.field).mask != 0) continue;
        bool leaf = true;
        for (std::size_t j = i + 1; j < nodes.size() && nodes[j].depth > node.depth; ++j)
            leaf &= nodes[j].generated || field(nodes[j].field).mask != 0 || !contains(node, nodes[j]);
        if (!leaf) continue;
        for (unsigned byte = 0; byte < node.length; ++byte) ++covered[node.offset + byte];
    }
    return covered;
}

class EveryFrame : public testing::Test {
protected:
    static void SetUpTestSuite() {
        frames = all_frames();
        keys = firmware_keys();
    }
    static std::vector<Buffer> frames;
    static Keyring keys;
};
std::vector<Buffer> EveryFrame::frames;
Keyring EveryFrame::keys;

TEST_F(EveryFrame, LeavesCoverEachByteOnce) {
    Memory memory{keys};
    Dissection out;
    for (const Buffer& frame : frames) {
        dissect(frame, keys, memory, out);
        memory.learn(out);
        expect_in_bounds(out);
        for (std::size_t buffer = 0; buffer < out.buffer_count(); ++buffer) {
            const auto covered = coverage(out, static_cast<BufferId>(buffer));
            EXPECT_THAT(covered, testing::Each(1u)) << to_hex(frame) << " buffer " << buffer;
        }
    }
}

TEST_F(EveryFrame, EveryTruncationEndsInBoundsWithOneNoteOrNone) {
    Memory memory{keys};
    Dissection out;
    for (const Buffer& frame : frames) {
        for (std::size_t length = 0; length <= frame.size(); ++length) {
            // A copy of just this size, so that a sanitizer sees any read beyond it.
            const Buffer cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
            dissect(cut, keys, memory, out);
            expect_in_bounds(out);
            const auto truncated =
                std::count_if(out.notes().begin(), out.notes().end(),
                              [](const NoteEntry& entry) { return entry.note == Note::truncated; });
            ASSERT_LE(truncated, 1) << to_hex(cut);
            const auto covered = coverage(out, input_buffer);
            ASSERT_THAT(covered, testing::Each(1u)) << to_hex(cut);
        }
    }
}

TEST_F(EveryFrame, SameInputGivesTheSameTape) {
    Dissection reused, fresh;
    for (const Buffer& frame : frames) {
        dissect(frame, keys, reused);
        fresh = {};
        dissect(frame, keys, fresh);
        ASSERT_EQ(to_json(nullptr, &reused), to_json(nullptr, &fresh));
    }
}

TEST_F(EveryFrame, DamageNeverBreaksTheDecoder) {
    std::mt19937 random{1};
    Memory memory{keys};
    Dissection out;
    for (Buffer frame : frames) {
        for (int round = 0; round < 20; ++round) {
            if (!frame.empty())
                frame[random() % frame.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8));
            dissect(frame, keys, memory, out);
            memory.learn(out);
            expect_in_bounds(out);
        }
    }
}

TEST_F(EveryFrame, HotPathDoesNotGrowItsBuffers) {
    // One tape serves a whole capture: after the largest frame nothing is allocated any more.
    Dissection out;
    for (const Buffer& frame : frames) dissect(frame, keys, out);
    const std::size_t capacity = out.nodes().capacity();
    for (const Buffer& frame : frames) dissect(frame, keys, out);
    EXPECT_EQ(out.nodes().capacity(), capacity);
}

}  // namespace
}  // namespace meshcore::test
