// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/daemon/metrics.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace meshcore::bridge {
namespace {

const std::time_t started = std::time(nullptr);

/// A label's value, quoted.
std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result + '"';
}

/// One metric: its head, then a line for each set of labels.
class Metric {
public:
    Metric(std::string& page, std::string_view name, std::string_view type, std::string_view help)
        : page_{page}, name_{fmt::format("meshcore_bridge_{}", name)} {
        fmt::format_to(std::back_inserter(page_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help,
                       type);
    }
    void add(std::string_view labels, std::uint64_t value) {
        fmt::format_to(std::back_inserter(page_), "{}{{{}}} {}\n", name_, labels, value);
    }

private:
    std::string& page_;
    std::string name_;
};

struct RadioRow {
    std::string_view name, type, help;
    std::uint64_t (*value)(const Station&);
};

constexpr RadioRow radio_rows[] = {
    {"radio_connected", "gauge", "1 while the radio is connected.",
     [](const Station& s) -> std::uint64_t { return s.radio_connected(); }},
    {"frames_total", "counter", "Packets that the radio told of.",
     [](const Station& s) { return s.counters().frames; }},
    {"reports_total", "counter", "Device reports of the radio.",
     [](const Station& s) { return s.counters().reports; }},
    {"radio_connections_total", "counter", "Times that the radio was connected.",
     [](const Station& s) { return s.counters().connections; }},
};

}  // namespace

std::string metrics_text(const std::vector<std::unique_ptr<Station>>& stations) {
    std::string page;
    Metric{page, "info", "gauge", "The program."}.add("version=" + quoted(MESHCORE_VERSION), 1);
    Metric{page, "start_time_seconds", "gauge", "When it was started, since 1970."}.add(
        "", static_cast<std::uint64_t>(started));
    for (const RadioRow& row : radio_rows) {
        Metric metric{page, row.name, row.type, row.help};
        for (const auto& station : stations)
            if (!station->is_capture())
                metric.add("radio=" + quoted(station->config().radio), row.value(*station));
    }
    Metric notes{page, "notes_total", "counter",
                 "What is wrong with packets, by kind; see docs/notes.md."};
    for (const auto& station : stations)
        if (!station->is_capture())
            for (const auto& [note, count] : station->bridge().notes())
                notes.add(fmt::format("radio={},note=\"{}\"", quoted(station->config().radio),
                                      note_row(note).name),
                          count);
    std::vector<std::pair<std::string, BrokerReport>> reports;
    for (const auto& station : stations)
        if (station->brokers())
            for (const auto& broker : station->brokers()->all())
                reports.emplace_back("broker=" + quoted(broker->config().name), broker->report());
    Metric online{page, "broker_online", "gauge", "1 while the broker is connected."};
    for (const auto& [label, report] : reports) online.add(label, report.online);
    Metric needs_radio{page, "broker_needs_radio", "gauge",
                       "1 while the broker waits for the radio, which is to sign the login."};
    for (const auto& [label, report] : reports) needs_radio.add(label, report.needs_radio);
    for (const CounterRow& row : broker_counters()) {
        Metric metric{page, row.name, row.type, row.help};
        for (const auto& [label, report] : reports) metric.add(label, report.*row.value);
    }
    return page;
}

}  // namespace meshcore::bridge
