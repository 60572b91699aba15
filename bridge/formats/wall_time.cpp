// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/wall_time.h"

#include <fmt/compile.h>

namespace meshcore::bridge {
namespace {

using std::chrono::days;
using std::chrono::floor;

struct Calendar {
    int year;
    unsigned month, day;
};

Calendar calendar(Record::Time time) {
    const std::chrono::year_month_day date{floor<days>(time)};
    return {int{date.year()}, unsigned{date.month()}, unsigned{date.day()}};
}

}  // namespace

std::string timestamp_text(Record::Time time) {
    const auto [year, month, day] = calendar(time);
    const std::chrono::hh_mm_ss clock{floor<std::chrono::microseconds>(time - floor<days>(time))};
    return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00"), year, month, day,
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

std::string time_text(Record::Time time) {
    const std::chrono::hh_mm_ss clock{floor<std::chrono::seconds>(time - floor<days>(time))};
    return fmt::format(FMT_COMPILE("{:02}:{:02}:{:02}"), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

std::string date_text(Record::Time time) {
    const auto [year, month, day] = calendar(time);
    return fmt::format(FMT_COMPILE("{:02}/{:02}/{:04}"), day, month, year);
}

}  // namespace meshcore::bridge
