// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/client_id.h"

#include <fmt/format.h>

#include <algorithm>

namespace meshcore::bridge {
namespace {

/// What every broker accepts in an id (MQTT 3.1.1, 3.1.3.1), and the usual '-' and '_'.
std::string safe(std::string_view text) {
    std::string result;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') result += c;
    return result;
}

}  // namespace

std::string make_client_id(const Config& config, const BrokerConfig& broker, std::size_t number,
                           std::string_view observer_key) {
    if (!broker.client_id.empty()) return broker.client_id;
    constexpr std::size_t accepted_by_all = 23;
    constexpr std::size_t fewest_digits = 8;
    std::string prefix = safe(broker.client_id_prefix);
    if (prefix.empty() && !config.client_name.empty()) prefix = safe(config.client_name) + "-";
    if (prefix.empty()) prefix = "meshcore_";
    const std::string suffix = fmt::format("_{}", number);
    const std::size_t used = prefix.size() + suffix.size();
    const std::size_t digits =
        std::max(fewest_digits, accepted_by_all - std::min(used, accepted_by_all));
    // A placeholder is shown whole.
    const bool known = !observer_key.empty() && observer_key.front() != '{';
    return prefix + std::string{known ? observer_key.substr(0, digits) : observer_key} + suffix;
}

}  // namespace meshcore::bridge
