// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/log_line.h"

#include <algorithm>
#include <charconv>

namespace meshcore::radio {
namespace {

/// Reads a text from left to right; once something is missing, all is.
class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    bool ok() const { return ok_; }
    std::string_view rest() const { return rest_; }
    bool next_is(std::string_view literal) const { return ok_ && rest_.starts_with(literal); }

    Cursor& skip(std::string_view literal) {
        ok_ = next_is(literal);
        if (ok_) rest_.remove_prefix(literal.size());
        return *this;
    }
    template <typename Number>
    Cursor& read(Number& number) {
        long value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        ok_ = ok_ && error == std::errc{} && (std::is_signed_v<Number> || value >= 0);
        if (!ok_) return *this;
        number = static_cast<Number>(value);
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return *this;
    }
    char letter() {
        ok_ = ok_ && !rest_.empty();
        if (!ok_) return 0;
        const char first = rest_.front();
        rest_.remove_prefix(1);
        return first;
    }

private:
    std::string_view rest_;
    bool ok_ = true;
};

/// "12:34:56 - 1/2/2026 U", at the end of a text.
NodeTime parse_clock(std::string_view before) {
    constexpr std::string_view dash = " - ";
    const std::size_t at = before.rfind(dash);
    if (at == std::string_view::npos || at < 8) return std::nullopt;
    unsigned hour = 0, minute = 0, second = 0, day = 0, month = 0;
    int year = 0;
    Cursor cursor{before.substr(at - 8)};
    cursor.read(hour).skip(":").read(minute).skip(":").read(second).skip(dash);
    cursor.read(day).skip("/").read(month).skip("/").read(year).skip(" U");
    if (!cursor.ok() || !cursor.rest().empty()) return std::nullopt;
    const auto date = std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second};
}

/// "RX, len=" and all that follows.
std::optional<RxLine> parse_rx(std::string_view text) {
    RxLine rx;
    Cursor cursor{text};
    cursor.skip("RX, len=").read(rx.length).skip(" (type=").read(rx.type).skip(", route=");
    const char route = cursor.letter();
    cursor.skip(", payload_len=").read(rx.payload_length).skip(") SNR=");
    cursor.read(rx.snr).skip(" RSSI=").read(rx.rssi);
    if (!cursor.ok() || (route != 'D' && route != 'F') || rx.length == 0 || rx.length > 255)
        return std::nullopt;
    rx.direct = route == 'D';
    // What follows may be missing, or cut by another writer.
    const auto read_optional = [&cursor](std::string_view name, std::optional<double>& value) {
        double number = 0;
        if (cursor.next_is(name) && cursor.skip(name).read(number).ok()) value = number;
    };
    read_optional(" score=", rx.score);
    read_optional(" time=", rx.airtime);
    if (cursor.next_is(" hash=")) {
        const auto hash = from_hex(leading_hex(cursor.skip(" hash=").rest()));
        if (hash && hash->size() == sizeof(PacketHash))
            std::copy(hash->begin(), hash->end(), rx.hash.emplace().begin());
    }
    return rx;
}

struct Shape {
    PayloadType type;
    bool direct;
    std::uint8_t path_length;
    Bytes payload;
};

/// As the firmware reads a frame (src/Dispatcher.cpp, tryParsePacket), for packet_digest().
std::optional<Shape> shape_of(Bytes frame) {
    constexpr std::size_t longest_path = 64, longest_payload = 184;
    if (frame.empty() || frame[0] >> 6 != 0) return std::nullopt;
    const auto route = static_cast<RouteType>(frame[0] & 0x03);
    const std::size_t before_path = has_transport_codes(route) ? 5 : 1;
    if (frame.size() <= before_path) return std::nullopt;
    const std::uint8_t path_length = frame[before_path];
    const std::size_t hop_size = (path_length >> 6) + 1U;
    const std::size_t path = (path_length & 63U) * hop_size;
    if (hop_size > 3 || path > longest_path || before_path + 1 + path > frame.size())
        return std::nullopt;
    const Bytes payload = frame.subspan(before_path + 1 + path);
    if (payload.size() > longest_payload) return std::nullopt;
    return Shape{static_cast<PayloadType>((frame[0] >> 2) & 0x0F),
                 route == RouteType::direct || route == RouteType::transport_direct, path_length,
                 payload};
}

bool fits(const RxLine& rx, Bytes frame, const std::optional<Shape>& shape) {
    return shape && frame.size() == rx.length && static_cast<unsigned>(shape->type) == rx.type &&
           shape->direct == rx.direct && shape->payload.size() == rx.payload_length;
}

}  // namespace

std::string_view leading_hex(std::string_view text) {
    return text.substr(0, text.find_first_not_of("0123456789ABCDEF"));
}

std::size_t overhang(std::string_view text) {
    const std::string_view hex = leading_hex(text);
    const char next = hex.size() < text.size() ? text[hex.size()] : 0;
    const bool word = (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z');
    if (!word && next != ':') return 0;
    const std::size_t last_own = hex.find_last_not_of(word ? "ABCDEF" : "0123456789");
    return hex.size() - (last_own == std::string_view::npos ? 0 : last_own + 1);
}

LogLine parse_log_line(std::string_view line) {
    constexpr std::string_view raw = " RAW: ";
    if (const std::size_t at = line.find(raw); at != std::string_view::npos)
        return RawLine{parse_clock(line.substr(0, at)), line.substr(at + raw.size())};
    if (const std::size_t at = line.find(": RX, len="); at != std::string_view::npos) {
        if (auto rx = parse_rx(line.substr(at + 2))) {
            rx->clock = parse_clock(line.substr(0, at));
            return *rx;
        }
    }
    if (const std::size_t at = line.find(": TX, len="); at != std::string_view::npos)
        return TxLine{parse_clock(line.substr(0, at)), line.substr(at + 2)};
    return {};
}

bool fits(const RxLine& rx, Bytes frame) {
    return fits(rx, frame, shape_of(frame));
}

bool proves(const RxLine& rx, Bytes frame) {
    const auto shape = shape_of(frame);
    if (!fits(rx, frame, shape)) return false;
    return !rx.hash ||
           packet_hash(packet_digest(shape->type, shape->path_length, shape->payload)) == *rx.hash;
}

bool is_frame(Bytes bytes) {
    return shape_of(bytes).has_value();
}

}  // namespace meshcore::radio
