// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <algorithm>

#include "bridge/config/load.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

bool is_named(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Leaves it the brokers that it names, under names of its own: each radio has its own connection.
void take_brokers(Config& radio, Findings& findings) {
    std::vector<std::string> known;
    for (const BrokerConfig& broker : radio.brokers) known.push_back(broker.name);
    for (const std::string& name : radio.broker_names) {
        if (is_named(known, name)) continue;
        const std::string best = closest(name, known);
        findings.add(
            Severity::error,
            fmt::format("radio \"{}\": there is no broker \"{}\"{}", radio.radio, one_line(name),
                        best.empty() ? "" : fmt::format("; did you mean \"{}\"?", best)));
        radio.unusable = true;
    }
    if (!radio.broker_names.empty())
        std::erase_if(radio.brokers, [&](const BrokerConfig& broker) {
            return !is_named(radio.broker_names, broker.name);
        });
    for (BrokerConfig& broker : radio.brokers) {
        broker.name = fmt::format("{}/{}", radio.radio, broker.name);
        if (!broker.client_id.empty()) broker.client_id += "_" + radio.radio;
    }
}

}  // namespace

std::vector<Config> split_radios(const Config& common, const std::vector<Document>& documents,
                                 Findings& findings) {
    std::vector<Config> radios;
    for (const Document& document : documents)
        for (const Block& block : document.radios) {
            auto radio = std::find_if(radios.begin(), radios.end(), [&](const Config& known) {
                return !block.name.empty() && known.radio == block.name;
            });
            if (radio == radios.end()) {
                radio = radios.insert(radio, common);
                radio->radio = block.name.empty() ? fmt::format("radio{}", radios.size()) : block.name;
            }
            apply_radio(document, block, *radio, findings);
        }
    for (Config& radio : radios) {
        take_brokers(radio, findings);
        complete(radio, findings);
    }
    return radios;
}

}  // namespace meshcore::bridge
