// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>

#include <map>
#include <set>

#include "bridge/config/broker_number.h"
#include "bridge/config/document.h"
#include "bridge/config/ini.h"

namespace meshcore::bridge {
namespace {

bool concerns_us(const std::string& section) {
    return section == "PacketCapture" || section == "Connection" || section == "Bot";
}

}  // namespace

Result<Document> read_ini(std::string_view text, const std::string& path, Findings& findings) {
    auto options = parse_ini(text, path, findings);
    if (!options) return tl::unexpected<Error>(options.error());
    Document document;
    document.dialect = Dialect::ini;
    std::map<unsigned, Block> brokers;
    std::set<unsigned> with_server;
    for (IniOption& option : *options) {
        if (!concerns_us(option.section)) continue;
        if (option.value.find(" #") != std::string::npos ||
            option.value.find(" ;") != std::string::npos)
            findings.add(Severity::warning, option.where,
                         fmt::format("the value of {} goes on to the end of the line; what looks "
                                     "like a comment is part of it",
                                     option.name));
        std::string name;
        const unsigned number =
            option.section == "PacketCapture" ? broker_number("mqtt", option.name, name) : 0;
        if (number == 0) {
            document.entries.push_back(
                {option.section + '.' + option.name, std::move(option.value), option.where});
            continue;
        }
        if (name == "server") with_server.insert(number);
        Block& block = brokers[number];
        if (block.entries.empty()) block.where = option.where;
        block.name = fmt::format("mqtt{}", number);
        block.entries.push_back({std::move(name), std::move(option.value), option.where});
    }
    // meshcore-bot counts from 1 and stops at the first number without a server.
    unsigned next = 1;
    for (auto& [number, block] : brokers) {
        if (number == next && with_server.count(number)) {
            document.brokers.push_back(std::move(block));
            ++next;
        } else {
            findings.add(Severity::warning, block.where,
                         fmt::format("mqtt{0}_... is not read, because there is no mqtt{1}_server; "
                                     "brokers are numbered from 1 without a gap",
                                     number, next));
        }
    }
    return document;
}

}  // namespace meshcore::bridge
