// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/formats/wall_time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace meshcore::bridge {
namespace {

using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::seconds;

std::tm calendar(Record::Time time) {
    const auto second = floor<seconds>(time);
    return fmt::gmtime(static_cast<std::time_t>(second.time_since_epoch().count()));
}

}  // namespace

std::string timestamp_text(Record::Time time) {
    const auto fraction = floor<microseconds>(time - floor<seconds>(time)).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+00:00", calendar(time), fraction);
}

std::string time_text(Record::Time time) {
    return fmt::format("{:%H:%M:%S}", calendar(time));
}

std::string date_text(Record::Time time) {
    return fmt::format("{:%d/%m/%Y}", calendar(time));
}

}  // namespace meshcore::bridge
