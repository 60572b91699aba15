// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <algorithm>
#include <map>

#include "bridge/config/load.h"
#include "bridge/config/secret_file.h"
#include "bridge/config/source_check.h"
#include "bridge/config/token_signing.h"
#include "bridge/formats/format.h"
#include "bridge/formats/topic.h"
#include "bridge/mqtt/proxy.h"
#include "bridge/mqtt/tls.h"
#include "bridge/mqtt/tunnel.h"

namespace meshcore::bridge {
namespace {

/// What one broker lacks. The first complaint is enough: the rest often follows from it.
class Check {
public:
    Check(const Config& config, BrokerConfig& broker, Findings& findings)
        : config_{config}, broker_{broker}, findings_{findings} {}

    void refuse(const std::string& why) {
        if (broker_.refused) return;
        broker_.refused = true;
        findings_.add(Severity::error, broker_.where,
                      fmt::format("broker \"{}\" is not used: {}", broker_.name, why));
    }

    void connection() {
        if (broker_.server.empty()) refuse("it has no server");
        if (!broker_.proxy.empty())
            if (const auto good = parse_proxy(broker_.proxy); !good) refuse(good.error().message);
        for (const std::string& header : broker_.websocket_headers)
            if (!parse_header(header)) refuse("one of its websocket_headers is no \"Name: value\"");
        if (broker_.tls.enabled) tls();
        if (broker_.auth.effective() == AuthMethod::token)
            if (const std::string why = nobody_signs(config_); !why.empty()) refuse(why);
        if (broker_.auth.username.empty() && !broker_.auth.password.empty())
            refuse("it has a password but no user name");
        if (!find_format(broker_.format)) {
            std::vector<std::string> names;
            for (const FormatRow& row : formats()) names.emplace_back(row.name);
            refuse(fmt::format("there is no format \"{}\"; known are {}", broker_.format,
                               fmt::join(names, ", ")));
        }
    }

    void topics() {
        bool any = false;
        if (broker_.topic_prefix) topic(*broker_.topic_prefix);
        for (const auto* pattern :
             {&broker_.topics.status, &broker_.topics.packets, &broker_.topics.raw}) {
            topic(**pattern);
            any = any || !(*pattern)->empty();
        }
        const FormatRow* format = find_format(broker_.format);
        if (!any && format && !format->fixed_topics)
            refuse("all its topics are empty: it would get nothing");
    }

private:
    void topic(const std::string& pattern) {
        if (const auto good = check_topic(pattern); !good) refuse(good.error().message);
        if (needs_iata(pattern) && iata_is_missing(broker_.iata))
            refuse(fmt::format("topic \"{}\" needs the region's airport code, and iata is {}; set iata",
                               pattern,
                               broker_.iata.empty() ? "not set" : fmt::format("\"{}\"", broker_.iata)));
        if (needs_iata(pattern) && !iata_is_plausible(broker_.iata))
            refuse(fmt::format("iata is \"{}\"; expected an airport code such as SEA", broker_.iata));
        if (needs_token(pattern) && broker_.topic_token.empty())
            refuse(fmt::format("topic \"{}\" needs topic_token, which is not set", pattern));
    }

    void tls() {
        if (const auto usable = make_tls_context(broker_.tls); !usable) refuse(usable.error().message);
        const std::string& key =
            broker_.tls.key_file.empty() ? broker_.tls.cert_file : broker_.tls.key_file;
        if (others_can_read(key))
            findings_.add(Severity::warning, broker_.where,
                          fmt::format("broker \"{}\": other users can read its key in {}; chmod 600 it",
                                      broker_.name, key));
        const std::string& pin = broker_.tls.pin;
        if (!pin.empty() && (pin.size() != 64 || !from_hex(pin)))
            refuse("its pin is no SHA-256: expected 64 hex digits");
        if (!broker_.tls.verify && pin.empty())
            findings_.add(
                Severity::warning, broker_.where,
                fmt::format("broker \"{}\": its certificate is not checked; whoever is between "
                            "can read and change everything",
                            broker_.name));
    }

    const Config& config_;
    BrokerConfig& broker_;
    Findings& findings_;
};

bool is_letsmesh(const BrokerConfig& broker) {
    return (broker.server + broker.auth.audience).find("letsmesh.net") != std::string::npos;
}

/// Topics: the broker's own, the global ones, the prefix of meshcore-bot, the layout's default.
void complete_topics(const Config& config, BrokerConfig& broker) {
    const bool classic = broker.classic_topics && iata_is_missing(broker.iata) && !is_letsmesh(broker);
    const std::string base = classic ? "meshcore" : "meshcore/{IATA}/{PUBLIC_KEY}";
    const auto fill = [](std::optional<std::string>& own, const std::optional<std::string>& global,
                         const std::string& fallback) {
        if (!own) own = global.value_or(fallback);
    };
    const auto& prefix = broker.topic_prefix;
    const FormatRow* format = find_format(broker.format);
    if (format && broker.format != "letsmesh") {
        // Global templates are those of letsmesh.
        const auto behind = [&](std::string_view rest) {
            return rest.empty() ? std::string{} : prefix.value_or("meshcore") + std::string{rest};
        };
        fill(broker.topics.status, std::nullopt, behind(format->status));
        fill(broker.topics.packets, std::nullopt, behind(format->packets));
        fill(broker.topics.raw, std::nullopt, "");
        return;
    }
    const bool bot = prefix || broker.bot_topics;
    const std::string begin = bot ? prefix.value_or("meshcore/packets") : base;
    fill(broker.topics.status, config.topics.status, begin + "/status");
    fill(broker.topics.packets, config.topics.packets, begin + (bot ? "/packet" : "/packets"));
    fill(broker.topics.raw, config.topics.raw, "");
}

void take_password(BrokerConfig& broker, Findings& findings) {
    if (broker.auth.password_file.empty()) return;
    auto password = read_secret_file(broker.auth.password_file);
    if (password) {
        broker.auth.password = std::move(*password);
        return;
    }
    broker.refused = true;
    findings.add(Severity::error, broker.where,
                 fmt::format("broker \"{}\" is not used: {}", broker.name, password.error().message));
}

void complete_broker(const Config& config, BrokerConfig& broker, Findings& findings) {
    take_password(broker, findings);
    if (broker.iata.empty()) broker.iata = config.iata;
    if (broker.topic_token.empty()) broker.topic_token = config.topic_token;
    if (broker.packet_types.empty()) broker.packet_types = config.packet_types;
    if (broker.client_id_prefix.empty()) broker.client_id_prefix = config.client_id_prefix;
    if (!broker.auth.token_ttl) broker.auth.token_ttl = config.auth.token_ttl;
    if (broker.auth.owner.empty()) broker.auth.owner = config.auth.owner;
    if (broker.auth.email.empty()) broker.auth.email = config.auth.email;
    auto keepalive = broker.keepalive.value_or(std::chrono::seconds{60});
    if (keepalive.count() > 0 && keepalive.count() < 5) {
        findings.add(Severity::warning, broker.where,
                     fmt::format("broker \"{}\": keepalive of {} s becomes 5 s, the shortest",
                                 broker.name, keepalive.count()));
        keepalive = std::chrono::seconds{5};
    }
    broker.keepalive = keepalive;
    if (!broker.include_decoded) broker.include_decoded = config.include_decoded;
    if (*broker.include_decoded && !config.decode_payloads)
        findings.add(Severity::warning, broker.where,
                     fmt::format("broker \"{}\": include_decoded has no effect as long as "
                                 "decode_payloads is not true",
                                 broker.name));
    complete_topics(config, broker);
    Check check{config, broker, findings};
    check.connection();
    check.topics();
}

/// A broker throws out the older of two clients with the same id.
void check_client_ids(Config& config, Findings& findings) {
    std::map<std::string, const BrokerConfig*> seen;
    for (BrokerConfig& broker : config.brokers) {
        if (!broker.enabled || broker.client_id.empty()) continue;
        const auto [other, is_new] = seen.emplace(broker.client_id, &broker);
        if (is_new) continue;
        findings.add(Severity::warning, broker.where,
                     fmt::format("brokers \"{}\" and \"{}\" had the same client_id; the second one "
                                 "gets its own",
                                 other->second->name, broker.name));
        broker.client_id += fmt::format("_{}", &broker - config.brokers.data() + 1);
    }
}

}  // namespace

void wipe(std::string& secret) {
    sodium_memzero(secret.data(), secret.size());
    secret.clear();
}

void complete(Config& config, Findings& findings) {
    check_source(config, findings);
    for (BrokerConfig& broker : config.brokers)
        if (!config.enabled || !config.mqtt_enabled) broker.enabled = false;
    load_signing_key(config, findings);
    for (BrokerConfig& broker : config.brokers) {
        if (broker.enabled) complete_broker(config, broker, findings);
    }
    check_client_ids(config, findings);
    if (!config.enabled)
        findings.add(Severity::error,
                     "nothing to do: [PacketCapture] enabled is false; set enabled = true");
    else if (!config.output.file.empty())
        return;  // a file alone is enough
    else if (!config.mqtt_enabled)
        findings.add(Severity::error, "nothing to do: mqtt_enabled is false");
    else if (config.brokers.empty())
        findings.add(Severity::error, "nothing to do: no broker is configured");
    else if (std::none_of(config.brokers.begin(), config.brokers.end(),
                          [](const BrokerConfig& broker) { return broker.enabled; }))
        findings.add(Severity::error,
                     fmt::format("nothing to do: no broker is enabled; set enabled = true for \"{}\"",
                                 config.brokers.front().name));
}

}  // namespace meshcore::bridge
