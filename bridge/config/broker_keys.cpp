// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "bridge/config/key.h"

namespace meshcore::bridge {
namespace {

using B = BrokerConfig;
using V = Value;
using std::chrono::seconds;

constexpr const char* n_a_transmits = "without effect: the bridge never transmits";

// clang-format off
const auto rows = std::to_array<BrokerKey>({
    {"name", "", "NAME", Kind::text, "", "mqttN", "Name in logs; blocks of several files with the same name are one broker",
     [](B& b, const V& v) { b.name = v.text; }},
    {"enabled", "enabled", "ENABLED", Kind::flag, "", "false; ini: true", "Whether this broker is used",
     [](B& b, const V& v) { b.enabled = v.flag; }},
    {"server", "server", "SERVER", Kind::text, "", "", "Host name or address",
     [](B& b, const V& v) { b.server = v.text; }},
    {"port", "port", "PORT", Kind::integer, "1..65535", "1883", "",
     [](B& b, const V& v) { b.port = static_cast<std::uint16_t>(v.number); }},
    {"mqtt_version", "mqtt_version", "MQTT_VERSION", Kind::choice, "3.1.1|5", "3.1.1", "Version of MQTT",
     [](B& b, const V& v) { b.mqtt_version = static_cast<MqttVersion>(v.number); }},
    {"proxy", "proxy", "PROXY", Kind::secret, "", "none", "http://[user:password@]host:port or socks5://..., through which the broker is reached",
     [](B& b, const V& v) { b.proxy = v.text; }},
    {"transport", "transport", "TRANSPORT", Kind::choice, "tcp|websockets", "tcp", "",
     [](B& b, const V& v) { b.transport = static_cast<Transport>(v.number); }},
    {"websocket_path", "websocket_path", "WEBSOCKET_PATH", Kind::text, "", "/; ini: /mqtt", "Path of a WebSocket broker",
     [](B& b, const V& v) { b.websocket_path = v.text; }},
    {"websocket_headers", "websocket_headers", "WEBSOCKET_HEADERS", Kind::headers, "", "none", "Further headers of the WebSocket request: Name: value; what follows a comma and is no header belongs to the value before, so that lists and dates can stand there",
     [](B& b, const V& v) { b.websocket_headers = v.list; }},
    {"tls.enabled", "use_tls", "USE_TLS", Kind::flag, "", "false", "",
     [](B& b, const V& v) { b.tls.enabled = v.flag; }},
    {"tls.verify", "tls_verify", "TLS_VERIFY", Kind::flag, "", "true", "Check the broker's certificate and name",
     [](B& b, const V& v) { b.tls.verify = v.flag; }},
    {"tls.ca_file", "ca_file", "CA_FILE", Kind::path, "", "the system's", "Trusted CA certificates, PEM",
     [](B& b, const V& v) { b.tls.ca_file = v.text; }},
    {"tls.cert_file", "cert_file", "CERT_FILE", Kind::path, "", "", "Client certificate, PEM",
     [](B& b, const V& v) { b.tls.cert_file = v.text; }},
    {"tls.key_file", "key_file", "KEY_FILE", Kind::path, "", "", "Key of the client certificate, PEM",
     [](B& b, const V& v) { b.tls.key_file = v.text; }},
    {"tls.server_name", "tls_server_name", "TLS_SERVER_NAME", Kind::text, "", "the server", "Name to ask for and to find in the certificate, if the server's is another one",
     [](B& b, const V& v) { b.tls.server_name = v.text; }},
    {"tls.pin", "pin", "PIN", Kind::text, "", "", "SHA-256 of the broker's public key, hex",
     [](B& b, const V& v) { b.tls.pin = v.text; }},
    {"auth.method", "", "", Kind::choice, "none|password|token", "password with a user name, else none", "How to log in",
     [](B& b, const V& v) { b.auth.method = static_cast<AuthMethod>(v.number); }},
    {"", "use_auth_token", "USE_AUTH_TOKEN", Kind::flag, "", "false", "Log in with a signed token",
     [](B& b, const V& v) { if (v.flag) b.auth.method = AuthMethod::token; }},
    {"auth.username", "username", "USERNAME", Kind::text, "", "", "",
     [](B& b, const V& v) { b.auth.username = v.text; }},
    {"auth.password", "password", "PASSWORD", Kind::secret, "", "", "",
     [](B& b, const V& v) { b.auth.password = v.text; }},
    {"auth.password_file", "password_file", "PASSWORD_FILE", Kind::path, "", "", "File whose first line is the password, instead of it",
     [](B& b, const V& v) { b.auth.password_file = v.text; }},
    {"auth.audience", "token_audience", "TOKEN_AUDIENCE", Kind::text, "", "the server", "Audience of the token",
     [](B& b, const V& v) { b.auth.audience = v.text; }},
    {"auth.token_ttl", "jwt_ttl_seconds", "TOKEN_TTL", Kind::integer, "60..31536000", "the global one", "Seconds that a token is good for",
     [](B& b, const V& v) { b.auth.token_ttl = seconds{v.number}; }},
    {"auth.owner", "owner_public_key", "TOKEN_OWNER", Kind::text, "", "the global one", "Owner's public key in the token, over verified TLS only",
     [](B& b, const V& v) { b.auth.owner = v.text; }},
    {"auth.email", "owner_email", "TOKEN_EMAIL", Kind::text, "", "the global one", "Owner's address in the token, over verified TLS only",
     [](B& b, const V& v) { b.auth.email = v.text; }},
    {"auth.topic_token", "topic_token", "TOPIC_TOKEN", Kind::secret, "", "the global one", "Fills {TOKEN} in topics",
     [](B& b, const V& v) { b.topic_token = v.text; }},
    {"", "jwt_renewal_interval", "", Kind::integer, "0..31536000", "", "without effect: a token is made at each connect", nullptr},
    {"keepalive", "keepalive", "KEEPALIVE", Kind::integer, "0..65535", "60; environment with WebSocket: 120", "Seconds",
     [](B& b, const V& v) { b.keepalive = seconds{v.number}; }},
    {"qos", "qos", "QOS", Kind::integer, "0..2", "0", "Of packets and status",
     [](B& b, const V& v) { b.qos = static_cast<int>(v.number); }},
    {"retain", "retain", "RETAIN", Kind::flag, "", "true", "Whether status and will are retained; packets never are",
     [](B& b, const V& v) { b.retain = v.flag; }},
    {"client_id", "client_id", "CLIENT_ID", Kind::text, "", "made from the key and the broker's number", "",
     [](B& b, const V& v) { b.client_id = v.text; }},
    {"client_id_prefix", "", "CLIENT_ID_PREFIX", Kind::text, "", "meshcore_", "Begins the client id",
     [](B& b, const V& v) { b.client_id_prefix = v.text; }},
    {"iata", "iata", "IATA", Kind::text, "", "the global one", "Airport code of the region, for the topics",
     [](B& b, const V& v) { b.iata = v.text; }},
    {"topics.iata", "", "", Kind::text, "", "the global one", "The same",
     [](B& b, const V& v) { b.iata = v.text; }},
    {"topics.status", "topic_status", "TOPIC_STATUS", Kind::text, "", "meshcore/{IATA}/{PUBLIC_KEY}/status", "Topic template; empty: not published",
     [](B& b, const V& v) { b.topics.status = v.text; }},
    {"topics.packets", "topic_packets", "TOPIC_PACKETS", Kind::text, "", "meshcore/{IATA}/{PUBLIC_KEY}/packets", "Topic template; empty: not published",
     [](B& b, const V& v) { b.topics.packets = v.text; }},
    {"topics.raw", "topic_raw", "TOPIC_RAW", Kind::text, "", "not published", "Topic template for the frame alone",
     [](B& b, const V& v) { b.topics.raw = v.text; }},
    {"topics.debug", "topic_debug", "TOPIC_DEBUG", Kind::text, "", "", "without effect: nobody publishes there", nullptr},
    {"topics.decoded", "topic_decoded", "TOPIC_DECODED", Kind::text, "", "", "without effect: nobody publishes there", nullptr},
    {"topics.neighbors", "topic_neighbors", "TOPIC_NEIGHBORS", Kind::text, "", "", n_a_transmits, nullptr},
    {"neighbors", "", "NEIGHBORS", Kind::flag, "", "", n_a_transmits, nullptr},
    {"topic_prefix", "topic_prefix", "TOPIC_PREFIX", Kind::text, "", "ini: meshcore/packets; other formats: meshcore", "PREFIX/packet and PREFIX/status, where no template is given; what the topics of other formats begin with",
     [](B& b, const V& v) { b.topic_prefix = v.text; }},
    {"packet_types", "upload_packet_types", "UPLOAD_PACKET_TYPES", Kind::types, "", "all", "Payload types that are published: 0 to 15, commas between",
     [](B& b, const V& v) { b.packet_types = v.types; }},
    {"filter", "filter", "FILTER", Kind::filter, "", "all", "Which packets are published, as an expression: see filters.md",
     [](B& b, const V& v) { b.filter = v.text; }},
    {"copies", "copies", "COPIES", Kind::choice, "all|first|best", "all", "Which copies of one packet are published; best: by SNR within copies_window, after it",
     [](B& b, const V& v) { b.copies = static_cast<CopyChoice>(v.number); }},
    {"copies_window", "copies_window", "COPIES_WINDOW", Kind::integer, "1..600", "5", "Seconds after the first copy during which others count",
     [](B& b, const V& v) { b.copies_window = seconds{v.number}; }},
    {"include_decoded", "include_decoded", "INCLUDE_DECODED", Kind::flag, "", "the global one", "letsmesh: add what the packet says, if decode_payloads is on, too",
     [](B& b, const V& v) { b.include_decoded = v.flag; }},
    {"clear_channels", "clear_channels", "CLEAR_CHANNELS", Kind::list, "", "none", "crypt-clear: names of the channels that are published decrypted",
     [](B& b, const V& v) { b.clear_channels = v.list; }},
    {"retain_nodes", "retain_nodes", "RETAIN_NODES", Kind::flag, "", "false", "rooms: retain what nodes tell of themselves",
     [](B& b, const V& v) { b.retain_nodes = v.flag; }},
    {"counters_in_status", "counters_in_status", "COUNTERS_IN_STATUS", Kind::flag, "", "true", "Put into the status' stats what became of this broker's messages, as bridge_delivered_total, bridge_waiting, ...",
     [](B& b, const V& v) { b.counters_in_status = v.flag; }},
    {"format", "format", "FORMAT", Kind::text, "", "letsmesh", "What the messages look like",
     [](B& b, const V& v) { b.format = v.text; }},
});
// clang-format on

}  // namespace

std::span<const BrokerKey> broker_keys() {
    return rows;
}

}  // namespace meshcore::bridge
