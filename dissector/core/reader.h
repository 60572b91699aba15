// SPDX-License-Identifier: GPL-2.0-or-later
// The read is the record: each method takes bytes, returns their value and appends the node.
// The first read past the end records one "truncated" note for the whole tape, shows what is left as
// undecoded bytes, and from then on every read returns zero and records nothing. So decoders read top
// to bottom, as the specification does, without a check.
#pragma once

#include <algorithm>
#include <bit>

#include "dissector/core/tape.h"

namespace meshcore {

class Reader {
public:
    /// Reads `where` of the tape; nodes get `depth`.
    Reader(Tape& tape, Slice where, unsigned depth = 0)
        : tape_(tape),
          data_(tape.buffer(where.buffer)),
          buffer_(where.buffer),
          depth_(depth),
          position_(where.offset),
          end_(where.offset + where.length) {}

    std::size_t remaining() const { return end_ - position_; }
    bool ok() const { return ok_; }
    explicit operator bool() const { return ok_ && remaining() > 0; }
    /// Next byte without taking it; 0 at the end.
    std::uint8_t peek(std::size_t ahead = 0) const {
        return ahead < remaining() ? data_[position_ + ahead] : std::uint8_t{0};
    }
    Bytes rest_bytes() const { return data_.subspan(position_, remaining()); }
    /// What is not yet read.
    Slice rest_slice() const { return here(remaining()); }
    unsigned depth() const { return depth_; }
    Tape& tape() { return tape_; }

    std::uint8_t u8(FieldId id) { return static_cast<std::uint8_t>(integer(id)); }
    std::uint16_t u16(FieldId id) { return static_cast<std::uint16_t>(integer(id)); }
    std::uint32_t u32(FieldId id) { return static_cast<std::uint32_t>(integer(id)); }
    std::int8_t i8(FieldId id) { return static_cast<std::int8_t>(integer(id)); }
    std::int16_t i16(FieldId id) { return static_cast<std::int16_t>(integer(id)); }
    std::int32_t i32(FieldId id) { return static_cast<std::int32_t>(integer(id)); }

    /// Integer or time of the field's width, sign-extended; a scaled field is stored as a real.
    std::uint64_t integer(FieldId id) {
        const Field& row = field(id);
        const unsigned width = wire_width(row.wire);
        if (!take(width)) return 0;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < width; ++i) {
            const unsigned place = row.big_endian ? width - 1 - i : i;
            value |= static_cast<std::uint64_t>(data_[position_ + i]) << (8 * place);
        }
        if (is_signed(row.wire)) {
            const unsigned unused = 64 - 8 * width;
            value = static_cast<std::uint64_t>(static_cast<std::int64_t>(value << unused) >> unused);
        }
        set_number(tape_.append(id, depth_, here(width)), row, value);
        position_ += width;
        return value;
    }

    /// Goes on reading what another reader has not.
    std::uint16_t position() const { return static_cast<std::uint16_t>(position_); }

    /// The bits of `field.mask` in the integer just read; shown as its child.
    std::uint32_t bits(FieldId id) {
        if (!ok_) return 0;
        const Field& row = field(id);
        // Siblings of a bit field are bit fields of the same integer: go back to its bytes.
        const Slice where = tape_.last_node().slice();
        std::uint32_t whole = 0;
        for (unsigned i = 0; i < where.length && i < 4; ++i)
            whole |= static_cast<std::uint32_t>(data_[where.offset + i]) << (8 * i);
        const std::uint32_t value = (whole & row.mask) >> std::countr_zero(row.mask);
        tape_.append(id, depth_ + 1, where).number = value;
        return value;
    }

    /// A number of `width` bytes, big-endian, divided: for formats that choose the width as they go.
    double real_be(FieldId id, unsigned width, bool is_signed_number, double divisor) {
        if (!take(width)) return 0;
        std::uint64_t value = 0;
        for (unsigned i = 0; i < width; ++i) value = value << 8 | data_[position_ + i];
        const unsigned unused = 64 - 8 * width;
        const double wire =
            is_signed_number ? static_cast<double>(static_cast<std::int64_t>(value << unused) >> unused)
                             : static_cast<double>(value);
        const double real = wire / divisor;
        tape_.append(id, depth_, here(width)).real = real;
        position_ += width;
        return real;
    }

    /// Exactly `length` bytes.
    Slice bytes(FieldId id, std::size_t length) {
        if (!take(length)) return {};
        const Slice where = here(length);
        tape_.append(id, depth_, where);
        position_ += length;
        return where;
    }
    /// All that is left, shown only if there is something.
    Slice rest(FieldId id) {
        if (!ok_ || remaining() == 0) return here(0);
        return bytes(id, remaining());
    }
    /// A container of `length` bytes, shown as bytes; its content is read with what is returned.
    Reader inside(FieldId id, std::size_t length) {
        const Slice where = bytes(id, length);
        Reader reader{tape_, where, depth_ + 1};
        reader.ok_ = ok_;
        return reader;
    }
    /// Moves on without a record; only for what another node has already shown.
    void skip(std::size_t length) { position_ += std::min(length, remaining()); }

    // Computed values; shown at this depth.
    Node& derived_number(FieldId id, std::uint64_t value) {
        Node& node = tape_.append(id, depth_, {derived_buffer, 0, 0});
        set_number(node, field(id), value);
        node.generated = 1;
        return node;
    }
    Slice derived_bytes(FieldId id, Bytes value) { return derived_at(id, tape_.derive(value)); }
    Slice derived_text(FieldId id, std::string_view value) {
        return derived_at(id, tape_.derive(value));
    }

    void note(Note what) { tape_.note(what, here(remaining())); }
    void note(Note what, Slice where) { tape_.note(what, where); }

private:
    Slice here(std::size_t length) const {
        return {buffer_, static_cast<std::uint16_t>(position_), static_cast<std::uint16_t>(length)};
    }

    bool take(std::size_t length) {
        if (!ok_) return false;
        if (length <= remaining()) return true;
        ok_ = false;
        if (!tape_.has(Note::truncated)) tape_.note(Note::truncated, here(remaining()));
        if (remaining() > 0) tape_.append("meshcore.undecoded"_f, depth_, here(remaining()));
        position_ = end_;
        return false;
    }

    static void set_number(Node& node, const Field& row, std::uint64_t value) {
        if (!is_real(row)) {
            node.number = value;
            return;
        }
        const double wire = is_signed(row.wire) ? static_cast<double>(static_cast<std::int64_t>(value))
                                                : static_cast<double>(value);
        node.real = wire / row.divisor;
    }

    Slice derived_at(FieldId id, Slice where) {
        tape_.append(id, depth_, where).generated = 1;
        return where;
    }

    Tape& tape_;
    Bytes data_;
    BufferId buffer_;
    unsigned depth_;
    std::size_t position_;
    std::size_t end_;
    bool ok_ = true;
};

}  // namespace meshcore
