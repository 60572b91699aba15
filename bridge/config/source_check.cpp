// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/source_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "dissector/core/text.h"
#include "extcap/capture/listener.h"
#include "extcap/radio/protocol.h"

namespace meshcore::bridge {
namespace {

bool is_key(const std::string& text) {
    return text.size() == 64 && from_hex(text).has_value();
}

/// What is an option there is a key here.
std::string without_dashes(std::string text) {
    for (auto at = text.find("--"); at != std::string::npos; at = text.find("--", at))
        text.erase(at, 2);
    return text;
}

void check_share(Config& config, Findings& findings) {
    if (config.share.empty()) return;
    const auto address = capture::parse_host_and_port(config.share);
    if (!address) {
        findings.add(Severity::error, "[share] listen: " + address.error().message);
        config.unusable = true;
    } else if (address->host != "localhost" && address->host != "::1" &&
               !address->host.starts_with("127.")) {
        findings.add(Severity::warning,
                     fmt::format("[share] listen {} is not this machine alone: whoever can connect can "
                                 "read what the radio hears",
                                 config.share));
    }
}

}  // namespace

void check_source(Config& config, Findings& findings) {
    if (config.source.ports.empty()) config.source.ports = {"/dev/ttyUSB0"};
    if (config.source.bluetooth)
        findings.add(Severity::error,
                     "the radio is to be reached by Bluetooth, which is not supported; connect it by "
                     "serial port or TCP");
    const auto wrong = [&](const std::string& text) {
        findings.add(Severity::error, text);
        config.unusable = true;
    };
    const SourceConfig& source = config.source;
    const auto protocols = radio::protocol_names();
    if (std::find(protocols.begin(), protocols.end(), source.protocol) == protocols.end())
        wrong(fmt::format("there is no radio protocol \"{}\"; known are {}", one_line(source.protocol),
                          fmt::join(protocols, ", ")));
    const bool tuned = !source.preset.empty() || source.frequency > 0 || source.bandwidth > 0 ||
                       source.sf > 0 || source.cr > 0;
    if (tuned && !radio::can_be_tuned(source.protocol))
        wrong(
            "only a KISS modem can be tuned: set protocol = \"kiss\", or leave preset, frequency, "
            "bandwidth, sf and cr out");
    else if (const auto tuning = radio::make_tuning(
                 {source.preset, source.frequency, source.bandwidth, source.sf, source.cr});
             !tuning)
        wrong(without_dashes(tuning.error().message));
    if (source.kind == SourceKind::file && source.file.empty())
        wrong("the source is a file, and file is not set");
    check_share(config, findings);
    if (!config.origin_id.empty() && !is_key(config.origin_id)) {
        findings.add(
            Severity::error,
            fmt::format("origin_id \"{}\" is no public key: expected 64 hex digits", config.origin_id));
        config.unusable = true;
    }
    config.origin_id = upper_case(config.origin_id);
}

}  // namespace meshcore::bridge
