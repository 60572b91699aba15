// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "dissector/core/text.h"
#include "dissector/keys/key_file.h"

namespace meshcore::bridge {
namespace {

/// "test", "#Test": as meshcore-packet-capture takes them.
std::string hashtag(std::string_view name) {
    std::string result = lower_case(name);
    if (!result.empty() && result.front() != '#') result.insert(0, "#");
    return result;
}

/// name=key
Result<void> add_channel(Keyring& keys, std::string_view entry) {
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) return fail("expected name=key");
    const auto key = from_hex_or_base64(entry.substr(equals + 1));
    const std::string name = one_line(entry.substr(0, equals));
    if (!key) return fail(fmt::format("the key of \"{}\" is neither hex nor base64", name));
    return keys.add_channel(entry.substr(0, equals), *key);
}

}  // namespace

Keyring load_keys(const Config& config, std::vector<std::string>& warnings) {
    Keyring keys;
    if (!config.keys_file.empty()) {
        auto file = load_key_file(config.keys_file);
        if (file) {
            keys = std::move(file->keys);
            warnings.insert(warnings.end(), file->warnings.begin(), file->warnings.end());
        } else {
            warnings.push_back(file.error().message);
        }
    }
    for (const std::string& name : config.hashtag_channels)
        if (const auto added = keys.add_hashtag_channel(hashtag(name)); !added)
            warnings.push_back(fmt::format("hashtag channel \"{}\" is not used: {}", one_line(name),
                                           added.error().message));
    for (const std::string& entry : config.channel_keys)
        if (const auto added = add_channel(keys, entry); !added)
            warnings.push_back(fmt::format("a channel key is not used: {}", added.error().message));
    for (const BrokerConfig& broker : config.brokers)
        for (const std::string& name : broker.clear_channels)
            if (std::none_of(keys.channels().begin(), keys.channels().end(),
                             [&](const Channel& channel) { return channel.name == name; }))
                warnings.push_back(
                    fmt::format("broker \"{}\": clear_channels names \"{}\", and there is no key "
                                "for a channel of that name",
                                broker.name, one_line(name)));
    return keys;
}

}  // namespace meshcore::bridge
