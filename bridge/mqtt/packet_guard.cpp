// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/packet_guard.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace meshcore::bridge {
namespace {

/// Nothing is subscribed to: what a broker has to say is short.
constexpr std::size_t longest_packet = 64 * 1024;

enum PacketType : unsigned {
    connack = 2,
    publish = 3,
    puback = 4,
    pubcomp = 7,
    suback = 9,
    unsuback = 11,
    disconnect = 14,
    auth = 15
};

/// Reads from the front of a text; after the first read beyond its end everything is zero.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_{bytes} {}

    std::string_view take(std::size_t count) {
        if (count > bytes_.size()) {
            short_ = true;
            bytes_ = {};
            return {};
        }
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    unsigned byte() {
        const std::string_view one = take(1);
        return one.empty() ? 0 : static_cast<unsigned char>(one.front());
    }
    unsigned u16() {
        const unsigned high = byte();
        return high << 8 | byte();
    }
    /// A variable byte integer, of four bytes at most.
    std::uint32_t length() {
        std::uint32_t value = 0;
        for (unsigned shift = 0; shift < 28; shift += 7) {
            const unsigned next = byte();
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
        }
        short_ = true;
        return 0;
    }

    bool empty() const { return bytes_.empty(); }
    bool ran_out() const { return short_; }

private:
    std::string_view bytes_;
    bool short_ = false;
};

/// mqtt-v5.0, table 2-4. What a property's value is: so many bytes, a variable byte integer, a text (or
/// bytes) with its length, or two of those.
enum class Value : std::uint8_t { none, byte, two, four, varint, text, pair };

constexpr Value value_of(unsigned property) {
    using enum Value;
    constexpr std::array<Value, 0x2B> values{
        none, byte, four, text, none, none, none, none, text, text, none, varint, none, none, none,
        none, none, four, text, two,  none, text, text, byte, four, byte, text,   none, text, none,
        none, text, none, two,  two,  two,  byte, byte, pair, four, byte, byte,   byte};
    return property < values.size() ? values[property] : none;
}

/// False if there is no such property.
bool skip_value(unsigned property, Cursor& at) {
    switch (value_of(property)) {
        case Value::none: return false;
        case Value::byte: at.take(1); break;
        case Value::two: at.take(2); break;
        case Value::four: at.take(4); break;
        case Value::varint: at.length(); break;
        case Value::pair: at.take(at.u16()); [[fallthrough]];
        case Value::text: at.take(at.u16());
    }
    return true;
}

bool are_good(Cursor packet) {
    Cursor properties{packet.take(packet.length())};
    while (!properties.empty() && !packet.ran_out())
        if (!skip_value(properties.byte(), properties)) return false;
    return !packet.ran_out() && !properties.ran_out();
}

/// Of a packet of MQTT 5; one that has none, or is too short for them, is the library's to judge.
bool properties_are_good(unsigned first, Cursor body) {
    switch (const unsigned type = first >> 4; type) {
        case connack: body.take(2); break;
        case publish:
            body.take(body.u16());
            if ((first & 6) != 0) body.take(2);
            break;
        case suback:
        case unsuback: body.take(2); break;
        case disconnect:
        case auth: body.take(1); break;
        default:
            if (type < puback || type > pubcomp) return true;
            body.take(3);
    }
    return body.empty() || are_good(body);
}

}  // namespace

Result<std::string_view> PacketGuard::take(std::string_view bytes) {
    good_.clear();
    rest_ += bytes;
    std::size_t begin = 0;
    for (;;) {
        const std::string_view left = std::string_view{rest_}.substr(begin);
        std::size_t header = 1;
        while (header < left.size() && header < 4 && (left[header] & 0x80) != 0) ++header;
        if (++header > left.size()) break;
        Cursor at{left};
        const unsigned first = at.byte();
        const std::uint32_t length = at.length();
        if (at.ran_out()) return fail("what the broker says is no MQTT");
        if (length > longest_packet)
            return fail(
                fmt::format("the broker announces a packet of {} bytes, which cannot be", length));
        if (header + length > left.size()) break;
        if (version_ == MqttVersion::v5 &&
            !properties_are_good(first, Cursor{left.substr(header, length)}))
            return fail("what the broker says is no MQTT 5: a packet has properties that do not exist");
        begin += header + length;
    }
    good_.assign(rest_, 0, begin);
    rest_.erase(0, begin);
    return std::string_view{good_};
}

}  // namespace meshcore::bridge
