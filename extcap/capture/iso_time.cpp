// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/iso_time.h"

#include <charconv>

namespace meshcore::capture {
namespace {

class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    /// `digits` digits.
    int number(std::size_t digits) {
        int value = 0;
        const char* end = rest_.data() + digits;
        if (rest_.size() < digits || std::from_chars(rest_.data(), end, value).ptr != end || value < 0)
            ok_ = false;
        if (ok_) rest_.remove_prefix(digits);
        return value;
    }
    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        taken_ = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) { ok_ = take(any_of) && ok_; }
    char taken() const { return taken_; }
    /// Never after something went wrong: then nothing is taken any more.
    bool next_is_digit() const {
        return ok_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }
    bool done() const { return ok_ && rest_.empty(); }

private:
    std::string_view rest_;
    char taken_ = 0;
    bool ok_ = true;
};

}  // namespace

std::optional<Record::Time> parse_iso_time(std::string_view text) {
    using namespace std::chrono;
    Scanner scan{text};
    const int y = scan.number(4);
    scan.expect("-");
    const int m = scan.number(2);
    scan.expect("-");
    const int d = scan.number(2);
    scan.expect("T ");
    const int hour = scan.number(2);
    scan.expect(":");
    const int minute = scan.number(2);
    scan.expect(":");
    const int second = scan.number(2);
    std::int64_t fraction = 0;
    if (scan.take(".,"))
        for (std::int64_t unit = 100'000'000; scan.next_is_digit(); unit /= 10)
            fraction += scan.number(1) * unit;
    minutes zone{0};
    if (scan.take("+-")) {
        const int sign = scan.taken() == '-' ? -1 : 1;
        zone = hours{sign * scan.number(2)};
        scan.take(":");
        if (scan.next_is_digit()) zone += minutes{sign * scan.number(2)};
    } else {
        scan.take("Zz");
    }
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
    if (!scan.done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    // What a Record's clock can hold.
    if (y < 1970 || y > 2200) return std::nullopt;
    return Record::Time{sys_days{date} + hours{hour} + minutes{minute} + seconds{second} +
                        nanoseconds{fraction} - zone};
}

}  // namespace meshcore::capture
