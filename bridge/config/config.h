// SPDX-License-Identifier: GPL-2.0-or-later
// What the bridge was told, whatever the dialect it was told in. Defaults are those of our own TOML;
// where a dialect differs, dialect.cpp says so.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/auth/signing_key.h"
#include "bridge/config/finding.h"

namespace meshcore::bridge {

enum class Transport { tcp, websockets };
enum class MqttVersion { v311, v5 };
enum class AuthMethod { none, password, token };

/// Who signs login tokens: with `automatic` the private key if there is one, else the radio; with
/// `device` the radio, and if it does not, the key.
enum class TokenSigning { automatic, key, device, device_only };

struct TlsConfig {
    bool enabled = false;
    bool verify = true;
    std::string ca_file, cert_file, key_file;  ///< PEM; empty: the system's CAs, no client certificate
    std::string server_name;  ///< to ask for, and in the certificate; empty: the server
    std::string pin;          ///< SHA-256 of the broker's public key, hex; empty: none

    bool operator==(const TlsConfig&) const = default;
};

struct AuthConfig {
    std::optional<AuthMethod> method;  ///< not told: password if there is a user name
    std::string username, password;
    std::string password_file;  ///< whose first line is the password
    std::string audience;       ///< of a token; empty: the server
    std::optional<std::chrono::seconds> token_ttl;
    std::string owner, email;  ///< claims, sent over verified TLS only

    AuthMethod effective() const {
        return method.value_or(username.empty() ? AuthMethod::none : AuthMethod::password);
    }

    bool operator==(const AuthConfig&) const = default;
};

/// Which copies of one packet are published.
enum class CopyChoice { all, first, best };

/// Topic templates. Not told: the layout's default; empty: not published.
struct TopicConfig {
    std::optional<std::string> status, packets, raw;

    bool operator==(const TopicConfig&) const = default;
};

struct BrokerConfig {
    std::string name;
    Position where;  ///< of the block that first named it
    bool enabled = false;
    std::string server;
    std::uint16_t port = 1883;
    MqttVersion mqtt_version = MqttVersion::v311;
    Transport transport = Transport::tcp;
    std::string websocket_path = "/";
    std::vector<std::string> websocket_headers;  ///< "Name: value"
    std::string proxy;                           ///< as parse_proxy() takes it; empty: none
    TlsConfig tls;
    AuthConfig auth;
    std::optional<std::chrono::seconds> keepalive;
    int qos = 0;
    bool retain = true;  ///< status and will
    std::string client_id;
    std::string client_id_prefix;
    std::string iata;
    TopicConfig topics;
    /// letsmesh: PREFIX/packet, PREFIX/status, as meshcore-bot has it; else what topics begin with.
    std::optional<std::string> topic_prefix;
    std::string topic_token;
    std::string format = "letsmesh";
    std::vector<int> packet_types;  ///< published ones; empty: all
    std::string filter;             ///< an expression; empty: all
    CopyChoice copies = CopyChoice::all;
    std::chrono::seconds copies_window{5};
    std::optional<bool> include_decoded;      ///< not told: the global one
    std::vector<std::string> clear_channels;  ///< shown decrypted by crypt-clear
    bool retain_nodes = false;                ///< of rooms
    bool counters_in_status = true;           ///< what became of this broker's own messages
    bool bot_topics = false;      ///< letsmesh without prefix: meshcore/packets/packet, .../status
    bool classic_topics = false;  ///< without IATA: meshcore/packets, meshcore/status
    bool refused = false;         ///< an error was found: it is not started

    bool operator==(const BrokerConfig&) const = default;
};

enum class SourceKind {
    serial,
    tcp,
    attach,  ///< a capture that somebody shares over TCP
    file     ///< a capture; "-" is standard input
};

struct SourceConfig {
    SourceKind kind = SourceKind::serial;
    bool kind_told = false;
    std::vector<std::string> ports;  ///< the first that opens is used
    unsigned baud = 115200;
    std::string protocol = "auto";
    std::string host = "localhost";
    std::uint16_t tcp_port = 5000;
    std::string file;
    std::string preset;                   ///< a name of radio::presets(), which these override
    double frequency = 0, bandwidth = 0;  ///< MHz, kHz; 0: as the radio is
    unsigned sf = 0, cr = 0;
    std::chrono::seconds stats_interval{300};
    bool bluetooth = false;  ///< asked for, and not to be had

    bool operator==(const SourceConfig&) const = default;
};

/// The packets as lines of a file.
struct OutputConfig {
    enum class Rotation { off, size, time };

    std::string file;  ///< empty: none
    Rotation rotation = Rotation::size;
    std::uint64_t max_bytes = 0;  ///< of one file; 0: no rotation by size
    unsigned backups = 5;         ///< older files that are kept

    bool operator==(const OutputConfig&) const = default;
};

/// Where messages wait for a broker that is away. Bounds are for each broker.
struct SpoolConfig {
    std::optional<std::string> path;  ///< folder; empty: in memory only; not told: the usual place
    std::uint64_t max_bytes = 64ULL << 20;
    std::chrono::seconds max_age = std::chrono::hours{24 * 30};
    double replay_rate = 3;  ///< messages a second of what waited through an outage; 0: no limit
    std::size_t memory_messages = 10000;

    bool operator==(const SpoolConfig&) const = default;
};

/// Where the counters can be read, in the text format of Prometheus. Empty: nowhere.
struct MetricsConfig {
    std::string textfile;
    std::string listen;  ///< HOST:PORT

    bool operator==(const MetricsConfig&) const = default;
};

/// Of one radio, or capture: where its packets come from, who heard them, who gets them.
struct Config {
    std::string radio;                      ///< its name, if there are several
    std::vector<std::string> broker_names;  ///< of a radio: those that it publishes to; empty: all
    std::vector<BrokerConfig> brokers;
    SourceConfig source;
    MetricsConfig metrics;  ///< of the whole process
    std::string share;      ///< HOST:PORT where others may read along; empty: nowhere
    bool enabled = true;
    bool mqtt_enabled = true;
    bool unusable = false;  ///< a global value is wrong
    std::string origin, origin_id;
    std::string iata;
    TopicConfig topics;
    std::string topic_token;
    std::string client_name;  ///< meshcore-bot's name, which begins its client ids
    std::string client_id_prefix;
    std::vector<int> packet_types;
    std::string private_key_file;
    std::string private_key;                        ///< moved into signing_key, and wiped
    std::shared_ptr<const SigningKey> signing_key;  ///< if it may have to sign a broker's token
    TokenSigning token_signing = TokenSigning::automatic;
    AuthConfig auth;  ///< what all brokers share: owner, e-mail, life of a token
    std::string keys_file;
    std::vector<std::string> hashtag_channels;
    std::vector<std::string> channel_keys;  ///< name=key, secrets
    bool decode_public = true;              ///< whether texts of the public channel are shown
    bool decode_payloads = false, include_decoded = false;
    std::string log_level = "info";
    bool skip_unparseable = true;
    bool require_valid_advert = false;
    bool stats_in_status = true;
    SpoolConfig spool;
    OutputConfig output;

    bool operator==(const Config&) const = default;
};

}  // namespace meshcore::bridge
