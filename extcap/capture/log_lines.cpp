// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/log_lines.h"

#include "extcap/capture/iso_time.h"

namespace meshcore::capture {
namespace {

/// "2026-03-31 19:42:25.957 ", also in brackets.
std::optional<Record::Time> host_time(std::string_view line) {
    if (line.starts_with('[')) line.remove_prefix(1);
    const std::size_t date_end = line.find_first_of("T ");
    if (date_end != std::string_view{"2026-03-31"}.size()) return std::nullopt;
    const std::string_view shown = line.substr(0, line.find_first_of(" ]>\t", date_end + 1));
    return parse_iso_time(shown.ends_with(':') ? shown.substr(0, shown.size() - 1) : shown);
}

std::optional<Record::Time> node_time(std::string_view line) {
    const radio::LogLine parsed = radio::parse_log_line(line);
    return std::visit(
        [](const auto& logged) -> std::optional<Record::Time> {
            if constexpr (requires { logged.clock; })
                if (logged.clock) return Record::Time{*logged.clock};
            return std::nullopt;
        },
        parsed);
}

Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

void LogLines::take(std::string_view line, Record::Time now, const OnRecord& on_record) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (const auto host = host_time(line))
        time_ = host;
    else if (const auto node = node_time(line))
        time_ = node;
    const Record::Time time = time_.value_or(now);
    log_.receive(bytes_of(line), time, on_record);
    log_.receive(bytes_of("\n"), time, on_record);
    report_once(on_record);
}

void LogLines::end(const OnRecord& on_record) {
    if (log_.holds_frame()) log_.give_up_incomplete(*time_, on_record);
}

void LogLines::report_once(const OnRecord& on_record) {
    if (reported_ || !time_ || !log_.identified()) return;
    reported_ = true;
    on_record(log_.report(*time_, "identified"));
}

}  // namespace meshcore::capture
