// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/token_signing.h"

#include <algorithm>

#include "bridge/config/load.h"
#include "extcap/radio/protocol.h"

namespace meshcore::bridge {
namespace {

bool radio_can_sign(const SourceConfig& source) {
    const bool is_radio = source.kind == SourceKind::serial || source.kind == SourceKind::tcp;
    return is_radio && radio::can_sign(source.protocol);
}

}  // namespace

void load_signing_key(Config& config, Findings& findings) {
    const bool wanted =
        config.token_signing != TokenSigning::device_only &&
        std::any_of(config.brokers.begin(), config.brokers.end(), [](const BrokerConfig& broker) {
            return broker.enabled && broker.auth.effective() == AuthMethod::token;
        });
    const bool from_file = !config.private_key_file.empty();
    if (wanted && (from_file || !config.private_key.empty())) {
        auto key = from_file ? SigningKey::load(config.private_key_file)
                             : SigningKey::from_text(config.private_key);
        if (key)
            config.signing_key = std::make_shared<const SigningKey>(std::move(*key));
        else
            findings.add(Severity::error, key.error().message);
    }
    wipe(config.private_key);
}

bool radio_signs(const Config& config) {
    const bool wanted = config.token_signing == TokenSigning::automatic
                            ? !config.signing_key
                            : config.token_signing != TokenSigning::key;
    return wanted && radio_can_sign(config.source);
}

const char* signer_text(const Config& config) {
    if (!radio_signs(config)) return "signed with the private key";
    return config.signing_key ? "signed by the radio, else with the private key"
                              : "signed by the radio";
}

std::string nobody_signs(const Config& config) {
    if (config.signing_key || radio_signs(config)) return {};
    if (config.token_signing == TokenSigning::device_only)
        return "login by token is to be signed by the radio alone (device-only), and of all sources "
               "only "
               "a companion on a serial port or TCP can";
    if (!config.private_key_file.empty())
        return "login by token needs the private key, which cannot be used";
    return std::string{
               "login by token needs the radio's private key: set private_key_file (in an ini "
               "private_key_path); "} +
           (radio_can_sign(config.source) ? "or let a companion sign, with token_signing = \"auto\""
                                          : "only a companion on a serial port or TCP signs by itself");
}

}  // namespace meshcore::bridge
