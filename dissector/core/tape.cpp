// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/tape.h"

#include <algorithm>

namespace meshcore {

Tape::Tape() {
    nodes_.reserve(128);
    notes_.reserve(8);
    arena_.reserve(1024);
    derived_.reserve(512);
    plaintexts_.reserve(4);
}

void Tape::clear(Bytes input) {
    input_ = input;
    nodes_.clear();
    notes_.clear();
    arena_.clear();
    derived_.clear();
    plaintexts_.clear();
}

Bytes Tape::buffer(BufferId id) const {
    if (id == input_buffer) return input_;
    if (id == derived_buffer) return derived_;
    const Range range = plaintexts_[id - 1U];
    return Bytes{arena_}.subspan(range.offset, range.length);
}

Bytes Tape::bytes(Slice slice) const {
    return buffer(slice.buffer).subspan(slice.offset, slice.length);
}

std::string_view Tape::text(Slice slice) const {
    const Bytes all = bytes(slice);
    const auto end = std::find(all.begin(), all.end(), std::uint8_t{0});
    return {reinterpret_cast<const char*>(all.data()), static_cast<std::size_t>(end - all.begin())};
}

const Node* Tape::find(FieldId id) const {
    const auto found =
        std::find_if(nodes_.begin(), nodes_.end(), [id](const Node& node) { return node.field == id; });
    return found == nodes_.end() ? nullptr : &*found;
}

bool Tape::has(Note note) const {
    return std::any_of(notes_.begin(), notes_.end(),
                       [note](const NoteEntry& entry) { return entry.note == note; });
}

void Tape::note(Note note, Slice where) {
    notes_.push_back({note, where});
}

Slice Tape::derive(Bytes bytes) {
    const Slice slice{derived_buffer, static_cast<std::uint16_t>(derived_.size()),
                      static_cast<std::uint16_t>(bytes.size())};
    derived_.insert(derived_.end(), bytes.begin(), bytes.end());
    return slice;
}

Slice Tape::derive(std::string_view text) {
    return derive(Bytes{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::span<std::uint8_t> Tape::open_plaintext(std::size_t length, BufferId& id) {
    const auto offset = static_cast<std::uint32_t>(arena_.size());
    arena_.resize(offset + length);
    plaintexts_.push_back({offset, static_cast<std::uint32_t>(length)});
    id = static_cast<BufferId>(plaintexts_.size());
    return std::span{arena_}.subspan(offset, length);
}

void Tape::drop_last_plaintext() {
    arena_.resize(plaintexts_.back().offset);
    plaintexts_.pop_back();
}

}  // namespace meshcore
