// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/check.h"

#include <fmt/format.h>

#include <iterator>

#include "bridge/config/token_signing.h"
#include "bridge/formats/format.h"
#include "bridge/mqtt/client_id.h"
#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

/// A packet that was heard on air: a group text over two hops.
constexpr const char* sample_frame =
    "1502DCD189D184C69F37468FB3E0474C81B3D966D7116D1DFC472C43DB1084FED4CD7732D750AD";

std::vector<Message> sample_messages(const Format& format, const Observer& observer) {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, 12.5);
    header.put("meshcore_radio.rssi"_f, -65.0);
    std::vector<std::uint8_t> record{header.bytes().begin(), header.bytes().end()};
    const auto frame = from_hex(sample_frame);
    record.insert(record.end(), frame->begin(), frame->end());
    Tape radio;
    const std::size_t length = dissect_capture_header(record, radio);
    Dissection packet;
    dissect(Bytes{record}.subspan(length), Keyring{}, packet);
    std::vector<Message> messages;
    const Time now = std::chrono::system_clock::now();
    format.packet({now, Bytes{record}.subspan(length), radio, packet, observer}, messages);
    if (auto status = format.status(observer, Presence::online, now, nullptr))
        messages.push_back(std::move(*status));
    return messages;
}

/// Not every format is text.
std::string shown(const std::string& payload) {
    const Bytes bytes{reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
    const bool is_text = is_utf8(payload) && one_line(payload) == payload;
    return is_text ? payload : fmt::format("{} bytes: {}", bytes.size(), to_hex(bytes));
}

std::string login_text(const Config& config, const AuthConfig& auth) {
    switch (auth.effective()) {
        case AuthMethod::none: return "no login";
        case AuthMethod::password: return "user name and password";
        case AuthMethod::token: break;
    }
    return fmt::format("token {}", signer_text(config));
}

void describe(std::string& text, const Config& config, const BrokerConfig& broker, std::size_t number) {
    Observer observer;
    observer.name = config.origin.empty() ? "{ORIGIN}" : config.origin;
    observer.key = config.origin_id.empty() ? "{PUBLIC_KEY}" : config.origin_id;
    auto out = std::back_inserter(text);
    fmt::format_to(out, "broker \"{}\": {} port {}, {}, QoS {}, keepalive {} s, format {}\n",
                   broker.name, broker.server, broker.port, login_text(config, broker.auth), broker.qos,
                   broker.keepalive->count(), broker.format);
    fmt::format_to(out, "  client id {}\n", make_client_id(config, broker, number, observer.key));
    const auto format = find_format(broker.format)->make(config, broker);
    for (const Message& message : sample_messages(*format, observer))
        fmt::format_to(out, "  topic {}{}\n    {}\n", message.topic,
                       message.retain ? " (retained)" : "", shown(message.payload));
}

}  // namespace

std::string check_report(const Config& config) {
    std::string text;
    for (std::size_t i = 0; i < config.brokers.size(); ++i) {
        const BrokerConfig& broker = config.brokers[i];
        if (!broker.enabled)
            text += fmt::format("broker \"{}\": not enabled\n", broker.name);
        else if (broker.refused)
            text += fmt::format("broker \"{}\": cannot work, see above\n", broker.name);
        else
            describe(text, config, broker, i + 1);
    }
    return text;
}

}  // namespace meshcore::bridge
