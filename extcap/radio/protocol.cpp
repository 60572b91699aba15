// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/protocol.h"

#include <array>

#include "extcap/radio/companion.h"

namespace meshcore::radio {
namespace {

struct Row {
    std::string_view name;
    std::unique_ptr<Protocol> (*make)();
};

constexpr auto protocols = std::to_array<Row>({
    {"companion", [] { return std::unique_ptr<Protocol>{new Companion}; }},
});

}  // namespace

bool Protocol::identified() const {
    return !device_.text("meshcore_radio.device.name"_f).empty();
}

Record Protocol::report(Record::Time time, std::string_view event) {
    device_.set("meshcore_radio.device.frames_captured"_f, static_cast<double>(counters_.frames));
    return device_.report(time, event);
}

std::vector<std::string_view> protocol_names() {
    std::vector<std::string_view> names;
    for (const Row& row : protocols) names.push_back(row.name);
    return names;
}

std::unique_ptr<Protocol> make_protocol(std::string_view name) {
    for (const Row& row : protocols)
        if (row.name == name) return row.make();
    return nullptr;
}

}  // namespace meshcore::radio
