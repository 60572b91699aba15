// SPDX-License-Identifier: GPL-2.0-or-later
#include <algorithm>
#include <array>

#include "bridge/config/key.h"

namespace meshcore::bridge {
namespace {

using C = Config;
using V = Value;
using std::chrono::seconds;

constexpr const char* transmits = "without effect: the bridge never transmits";
constexpr const char* of_the_bot = "without effect: the bot's own; see the metrics for alerts";
constexpr const char* by_itself = "without effect: the bridge reconnects for ever, with growing pauses";
constexpr const char* not_needed = "without effect: not needed here";

void connection_type(C& c, const V& v) {
    c.source.kind_told = true;
    c.source.bluetooth = v.number == 2;
    constexpr std::array kinds{SourceKind::serial, SourceKind::tcp, SourceKind::serial,
                               SourceKind::attach, SourceKind::file};
    c.source.kind = kinds.at(static_cast<std::size_t>(v.number));
}

void first_port(C& c, const V& v) {
    c.source.ports = {v.text};
}
void ports(C& c, const V& v) {
    c.source.ports = v.list;
}
void baud(C& c, const V& v) {
    c.source.baud = static_cast<unsigned>(v.number);
}
void host(C& c, const V& v) {
    c.source.host = v.text;
}
void tcp_port(C& c, const V& v) {
    c.source.tcp_port = static_cast<std::uint16_t>(v.number);
}
void log_level(C& c, const V& v) {
    c.log_level = v.text;
}
void debug_flag(C& c, const V& v) {
    if (v.flag) c.log_level = "debug";
}

// These two come in any order.
void token_method(C& c, const V& v) {
    if (v.number > 0)
        c.token_signing = TokenSigning::key;
    else if (c.token_signing != TokenSigning::device_only)
        c.token_signing = TokenSigning::device;
}
void token_device_only(C& c, const V& v) {
    if (v.flag && c.token_signing != TokenSigning::key) c.token_signing = TokenSigning::device_only;
}

// clang-format off
const auto rows = std::to_array<GlobalKey>({
    // The radio.
    {"source.type", "Connection.connection_type", "CONNECTION_TYPE", Kind::choice, "serial|tcp|ble|attach|file", "serial", "How the radio is connected; attach: a capture that somebody shares over TCP; file: a capture; Bluetooth is not to be had", connection_type},
    {"source.port", "Connection.serial_port", "", Kind::text, "", "/dev/ttyUSB0", "Serial port", first_port},
    {"serial.ports", "", "SERIAL_PORTS", Kind::list, "", "/dev/ttyUSB0", "Serial ports; the first that opens is used", ports},
    {"source.baud", "", "", Kind::integer, "1200..4000000", "115200", "Speed of the serial port", baud},
    {"serial.baud_rate", "", "SERIAL_BAUD_RATE", Kind::integer, "1200..4000000", "115200", "Speed of the serial port", baud},
    {"source.host", "Connection.hostname", "TCP_HOST", Kind::text, "", "localhost", "Host of a radio on TCP, or of a shared capture", host},
    {"source.tcp_port", "Connection.tcp_port", "TCP_PORT", Kind::integer, "1..65535", "5000", "TCP port of a radio, or of a shared capture", tcp_port},
    {"source.file", "", "", Kind::path, "", "", "The capture of type file; \"-\" is standard input", [](C& c, const V& v) { c.source.file = v.text; }},
    {"source.protocol", "", "", Kind::text, "", "auto", "Radio protocol: companion, kiss, log, or auto", [](C& c, const V& v) { c.source.protocol = v.text; }},
    {"source.preset", "", "", Kind::text, "", "", "KISS modem: tunes the receiver as a network of this name does", [](C& c, const V& v) { c.source.preset = v.text; }},
    {"source.frequency", "", "", Kind::real, "0..3000", "as it is", "KISS modem: MHz", [](C& c, const V& v) { c.source.frequency = v.real; }},
    {"source.bandwidth", "", "", Kind::real, "0..2000", "as it is", "KISS modem: kHz", [](C& c, const V& v) { c.source.bandwidth = v.real; }},
    {"source.sf", "", "", Kind::integer, "0..12", "as it is", "KISS modem: spreading factor", [](C& c, const V& v) { c.source.sf = static_cast<unsigned>(v.number); }},
    {"source.cr", "", "", Kind::integer, "0..8", "as it is", "KISS modem: coding rate, 5 is 4/5", [](C& c, const V& v) { c.source.cr = static_cast<unsigned>(v.number); }},
    {"metrics.textfile", "PacketCapture.metrics_textfile", "METRICS_TEXTFILE", Kind::path, "", "none", "File for the counters as Prometheus reads them; renewed every 15 s", [](C& c, const V& v) { c.metrics.textfile = v.text; }},
    {"metrics.listen", "PacketCapture.metrics_listen", "METRICS_LISTEN", Kind::text, "", "nowhere", "HOST:PORT where the counters can be read by HTTP, /metrics; keep it on 127.0.0.1", [](C& c, const V& v) { c.metrics.listen = v.text; }},
    {"share.listen", "", "", Kind::text, "", "nowhere", "HOST:PORT where Wireshark and meshcoredump can read along; keep it on 127.0.0.1", [](C& c, const V& v) { c.share = v.text; }},
    {"source.stats_interval", "PacketCapture.stats_refresh_interval", "STATS_REFRESH_INTERVAL", Kind::integer, "0..86400", "300", "Seconds between two questions for the radio's counters",
     [](C& c, const V& v) { c.source.stats_interval = seconds{v.number}; }},
    // Who observes.
    {"general.origin", "PacketCapture.origin", "ORIGIN", Kind::text, "", "the radio's name", "Name of the observer", [](C& c, const V& v) { c.origin = v.text; }},
    {"general.origin_id", "PacketCapture.origin_id", "ORIGIN_ID", Kind::text, "", "the radio's key", "Public key of the observer, 64 hex digits", [](C& c, const V& v) { c.origin_id = v.text; }},
    {"general.iata", "PacketCapture.iata", "IATA", Kind::text, "", "not set", "Airport code of the region, for the topics", [](C& c, const V& v) { c.iata = v.text; }},
    {"general.client_name", "Bot.bot_name", "", Kind::text, "", "", "Begins the client ids", [](C& c, const V& v) { c.client_name = v.text; }},
    {"general.client_id_prefix", "", "CLIENT_ID_PREFIX", Kind::text, "", "meshcore_", "Begins the client ids", [](C& c, const V& v) { c.client_id_prefix = v.text; }},
    // What is published.
    {"", "PacketCapture.enabled", "", Kind::flag, "", "false", "Whether packets are captured at all", [](C& c, const V& v) { c.enabled = v.flag; }},
    {"", "PacketCapture.mqtt_enabled", "", Kind::flag, "", "true", "Whether any broker is used", [](C& c, const V& v) { c.mqtt_enabled = v.flag; }},
    {"topics.status", "", "TOPIC_STATUS", Kind::text, "", "meshcore/{IATA}/{PUBLIC_KEY}/status", "Topic template of brokers that have none", [](C& c, const V& v) { c.topics.status = v.text; }},
    {"topics.packets", "", "TOPIC_PACKETS", Kind::text, "", "meshcore/{IATA}/{PUBLIC_KEY}/packets", "Topic template of brokers that have none", [](C& c, const V& v) { c.topics.packets = v.text; }},
    {"topics.raw", "", "TOPIC_RAW", Kind::text, "", "not published", "Topic template of brokers that have none", [](C& c, const V& v) { c.topics.raw = v.text; }},
    {"topics.debug", "", "TOPIC_DEBUG", Kind::text, "", "", "without effect: nobody publishes there", nullptr},
    {"topics.decoded", "", "TOPIC_DECODED", Kind::text, "", "", "without effect: nobody publishes there", nullptr},
    {"topics.neighbors", "", "TOPIC_NEIGHBORS", Kind::text, "", "", transmits, nullptr},
    {"general.topic_token", "", "TOPIC_TOKEN", Kind::secret, "", "", "Fills {TOKEN} in topics", [](C& c, const V& v) { c.topic_token = v.text; }},
    {"general.packet_types", "", "UPLOAD_PACKET_TYPES", Kind::types, "", "all", "Payload types that are published, for brokers that do not say", [](C& c, const V& v) { c.packet_types = v.types; }},
    {"general.skip_unparseable", "PacketCapture.mqtt_skip_unparseable_packets", "", Kind::flag, "", "true", "Leave out frames that cannot be parsed", [](C& c, const V& v) { c.skip_unparseable = v.flag; }},
    {"general.require_valid_advert", "PacketCapture.advert_require_valid_signature", "", Kind::flag, "", "false", "Leave out adverts whose signature is wrong", [](C& c, const V& v) { c.require_valid_advert = v.flag; }},
    {"general.stats_in_status", "PacketCapture.stats_in_status_enabled", "STATS_IN_STATUS_ENABLED", Kind::flag, "", "true", "Put counters into the status: the radio's, and the broker's own (counters_in_status)", [](C& c, const V& v) { c.stats_in_status = v.flag; }},
    {"decode.keys", "", "", Kind::path, "", "", "Key file for decrypting", [](C& c, const V& v) { c.keys_file = v.text; }},
    {"decode.hashtag_channels", "", "DECODE_HASHTAG_CHANNELS", Kind::list, "", "", "Channels whose key follows from their name", [](C& c, const V& v) { c.hashtag_channels = v.list; }},
    {"decode.channel_keys", "", "DECODE_CHANNEL_KEYS", Kind::secret_list, "", "", "Further channels: name=key, hex or base64", [](C& c, const V& v) { c.channel_keys = v.list; }},
    {"decode.include_public", "", "DECODE_INCLUDE_PUBLIC", Kind::flag, "", "true", "Show texts of the public channel, too", [](C& c, const V& v) { c.decode_public = v.flag; }},
    {"decode.payloads", "", "DECODE_PAYLOADS", Kind::flag, "", "false", "Allow include_decoded", [](C& c, const V& v) { c.decode_payloads = v.flag; }},
    {"decode.include_decoded", "", "INCLUDE_DECODED", Kind::flag, "", "false", "include_decoded of brokers that do not say", [](C& c, const V& v) { c.include_decoded = v.flag; }},
    {"spool.path", "PacketCapture.spool_path", "SPOOL_PATH", Kind::path, "", "$STATE_DIRECTORY, else the user's state folder", "Folder where messages wait for a broker that is away; empty: in memory only", [](C& c, const V& v) { c.spool.path = v.text; }},
    {"spool.max_bytes", "PacketCapture.spool_max_bytes", "SPOOL_MAX_BYTES", Kind::bytes, "65536..1099511627776", "64MiB", "Bound of the outbox of each broker; beyond, the oldest is dropped and counted", [](C& c, const V& v) { c.spool.max_bytes = static_cast<std::uint64_t>(v.number); }},
    {"spool.max_age", "PacketCapture.spool_max_age", "SPOOL_MAX_AGE", Kind::integer, "60..315360000", "2592000", "Seconds after which a waiting message is dropped and counted", [](C& c, const V& v) { c.spool.max_age = seconds{v.number}; }},
    {"spool.replay_rate", "PacketCapture.spool_replay_rate", "SPOOL_REPLAY_RATE", Kind::integer, "0..100000", "3", "Messages a second of what waited through an outage; 0: no limit", [](C& c, const V& v) { c.spool.replay_rate = static_cast<double>(v.number); }},
    {"spool.memory_messages", "PacketCapture.spool_memory_messages", "SPOOL_MEMORY_MESSAGES", Kind::integer, "1..10000000", "10000", "Bound of what waits in memory, for each broker", [](C& c, const V& v) { c.spool.memory_messages = static_cast<std::size_t>(v.number); }},
    {"output.file", "PacketCapture.output_file", "OUTPUT_FILE", Kind::path, "", "none", "File to which the packets are appended, one JSON object a line", [](C& c, const V& v) { c.output.file = v.text; }},
    {"output.rotation", "PacketCapture.output_rotation", "LOG_ROTATION", Kind::choice, "off|size|time", "size", "When that file makes room for the next: at max_bytes, or every midnight", [](C& c, const V& v) { c.output.rotation = static_cast<OutputConfig::Rotation>(v.number); }},
    {"output.max_bytes", "PacketCapture.output_max_bytes", "LOG_MAX_BYTES", Kind::bytes, "0..1099511627776", "0: no bound", "Size of one file, as 50MB", [](C& c, const V& v) { c.output.max_bytes = static_cast<std::uint64_t>(v.number); }},
    {"output.backups", "PacketCapture.output_backups", "LOG_BACKUP_COUNT", Kind::integer, "0..10000", "5", "Older files that are kept", [](C& c, const V& v) { c.output.backups = static_cast<unsigned>(v.number); }},
    {"", "", "LOG_ROTATION_WHEN", Kind::text, "", "", "without effect: files change at midnight", nullptr},
    // Tokens.
    {"general.private_key_file", "PacketCapture.private_key_path", "PRIVATE_KEY_FILE", Kind::path, "", "", "File with the radio's private key, 128 or 64 hex digits, for login by token", [](C& c, const V& v) { c.private_key_file = v.text; }},
    {"general.private_key", "", "PRIVATE_KEY", Kind::secret, "", "", "The private key itself; a file is better", [](C& c, const V& v) { c.private_key = v.text; }},
    {"general.token_signing", "", "", Kind::choice, "auto|key|device|device-only", "auto", "Who signs login tokens: key: the private key; device: the radio, if it is a companion, else the private key; device-only: the radio alone; auto: the private key if there is one, else the radio", [](C& c, const V& v) { c.token_signing = static_cast<TokenSigning>(v.number); }},
    {"", "PacketCapture.auth_token_method", "AUTH_TOKEN_METHOD", Kind::choice, "device|python|meshcore-decoder", "auto", "The same in other words, in the environment also without prefix: python and meshcore-decoder are key", token_method},
    {"", "", "AUTH_TOKEN_DEVICE_ONLY", Kind::flag, "", "false", "With the method device, or none: the radio alone. In the environment also without prefix", token_device_only},
    {"general.owner", "PacketCapture.owner_public_key", "OWNER_PUBLIC_KEY", Kind::text, "", "", "Owner's public key in tokens, over verified TLS only", [](C& c, const V& v) { c.auth.owner = v.text; }},
    {"general.email", "PacketCapture.owner_email", "OWNER_EMAIL", Kind::text, "", "", "Owner's address in tokens, over verified TLS only", [](C& c, const V& v) { c.auth.email = v.text; }},
    {"general.token_ttl", "PacketCapture.jwt_ttl_seconds", "", Kind::integer, "60..31536000", "86400", "Seconds that a token is good for", [](C& c, const V& v) { c.auth.token_ttl = seconds{v.number}; }},
    {"", "PacketCapture.jwt_renewal_interval", "JWT_RENEWAL_INTERVAL", Kind::integer, "0..31536000", "", "without effect: a token is made at each connect", nullptr},
    {"", "", "JWT_RENEWAL_THRESHOLD", Kind::integer, "0..31536000", "", "without effect: a token is made at each connect", nullptr},
    // Logging.
    {"general.log_level", "", "LOG_LEVEL", Kind::choice, "trace|debug|info|warning|error|critical", "info", "", log_level},
    {"", "PacketCapture.verbose", "", Kind::flag, "", "false", "More in the log", debug_flag},
    {"", "PacketCapture.debug", "", Kind::flag, "", "false", "More in the log", debug_flag},
    {"", "", "CLIENT_AGENT", Kind::text, "", "", "without effect: tokens name this program", nullptr},
    // What has no meaning here.
    {"general.sync_time", "", "SYNC_TIME", Kind::flag, "", "", "without effect: the radio's clock is never set", nullptr},
    {"serial.timeout", "", "SERIAL_TIMEOUT", Kind::text, "", "", not_needed, nullptr},
    {"serial.watchdog_timeout", "", "", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.timeout", "TIMEOUT", Kind::text, "", "", not_needed, nullptr},
    {"", "Connection.ble_device_name", "BLE_DEVICE_NAME", Kind::text, "", "", "without effect: no Bluetooth", nullptr},
    {"", "", "BLE_NAME", Kind::text, "", "", "without effect: no Bluetooth", nullptr},
    {"", "", "BLE_ADDRESS", Kind::text, "", "", "without effect: no Bluetooth", nullptr},
    {"", "", "BLE_DEVICE", Kind::text, "", "", "without effect: no Bluetooth", nullptr},
    {"", "", "BLE_PIN", Kind::secret, "", "", "without effect: no Bluetooth", nullptr},
    {"", "Connection.reconnect_max_retries", "MAX_CONNECTION_RETRIES", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.reconnect_delay_seconds", "CONNECTION_RETRY_DELAY", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.reconnect_max_delay_seconds", "CONNECTION_RETRY_DELAY_MAX", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.radio_debug", "", Kind::text, "", "", not_needed, nullptr},
    {"", "Connection.radio_probe_interval_seconds", "", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.radio_probe_fail_threshold", "", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.radio_zombie_alert_enabled", "", Kind::text, "", "", of_the_bot, nullptr},
    {"", "Connection.radio_zombie_alert_email", "", Kind::text, "", "", of_the_bot, nullptr},
    {"", "Connection.radio_offline_threshold", "", Kind::text, "", "", by_itself, nullptr},
    {"", "Connection.radio_offline_alert_enabled", "", Kind::text, "", "", of_the_bot, nullptr},
    {"", "Connection.radio_offline_alert_email", "", Kind::text, "", "", of_the_bot, nullptr},
    {"", "", "CONNECTION_RETRY_BACKOFF_MULTIPLIER", Kind::text, "", "", by_itself, nullptr},
    {"", "", "CONNECTION_RETRY_JITTER", Kind::text, "", "", by_itself, nullptr},
    {"", "PacketCapture.health_check_interval", "HEALTH_CHECK_INTERVAL", Kind::text, "", "", by_itself, nullptr},
    {"", "PacketCapture.health_check_grace_period", "HEALTH_CHECK_GRACE_PERIOD", Kind::text, "", "", by_itself, nullptr},
    {"", "PacketCapture.rf_data_cache_timeout", "RF_DATA_TIMEOUT", Kind::text, "", "", not_needed, nullptr},
    {"", "PacketCapture.raw_duplicate_window", "RAW_DUPLICATE_WINDOW", Kind::text, "", "", "without effect: a frame is taken once", nullptr},
    {"", "", "ADVERT_INTERVAL_HOURS", Kind::text, "", "", transmits, nullptr},
    {"", "", "DRAIN_MESSAGES", Kind::flag, "", "", "without effect: the radio's messages are left alone", nullptr},
    {"", "", "DATA_DIR", Kind::text, "", "", not_needed, nullptr},
    {"", "", "DEVICE_COMMAND_RETRY_LIMIT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "BLE_COMMAND_RETRY_LIMIT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "TCP_COMMAND_RETRY_LIMIT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "STATS_RETRY_LIMIT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "DEVICE_INFO_RETRY_LIMIT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "DEVICE_LOCK_WAIT_MARGIN", Kind::text, "", "", not_needed, nullptr},
    {"", "", "MAX_SERVICE_FAILURES", Kind::text, "", "", by_itself, nullptr},
    {"", "", "SERVICE_FAILURE_WINDOW", Kind::text, "", "", by_itself, nullptr},
    {"", "", "CRITICAL_FAILURE_THRESHOLD", Kind::text, "", "", by_itself, nullptr},
    {"", "", "MAX_CONSECUTIVE_FAILURES", Kind::text, "", "", by_itself, nullptr},
    {"", "", "MQTT_HEALTH_CHECK_INTERVAL", Kind::text, "", "", by_itself, nullptr},
    {"", "", "MQTT_GRACE_PERIOD", Kind::text, "", "", by_itself, nullptr},
    {"", "", "MAX_MQTT_RETRIES", Kind::text, "", "", by_itself, nullptr},
    {"", "", "MQTT_RETRY_DELAY", Kind::text, "", "", by_itself, nullptr},
    {"", "", "EXIT_ON_RECONNECT_FAIL", Kind::text, "", "", by_itself, nullptr},
    {"", "", "TCP_KEEPALIVE_ENABLED", Kind::text, "", "", not_needed, nullptr},
    {"", "", "TCP_KEEPALIVE_IDLE", Kind::text, "", "", not_needed, nullptr},
    {"", "", "TCP_KEEPALIVE_INTERVAL", Kind::text, "", "", not_needed, nullptr},
    {"", "", "TCP_KEEPALIVE_COUNT", Kind::text, "", "", not_needed, nullptr},
    {"", "", "TCP_SDK_AUTO_RECONNECT_ENABLED", Kind::text, "", "", by_itself, nullptr},
    {"", "", "TCP_SDK_MAX_RECONNECT_ATTEMPTS", Kind::text, "", "", by_itself, nullptr},
    {"", "", "NEIGHBORS_INTERVAL_HOURS", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_DISCOVER_WINDOW", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_COMMAND_TIMEOUT", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_SCOPE_TIMEOUT", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_SCOPE_MIN_TIMEOUT", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_SCOPE_GAP", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_CYCLE_TIMEOUT", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_MAX", Kind::text, "", "", transmits, nullptr},
    {"", "", "NEIGHBORS_SELF_SCOPES", Kind::text, "", "", transmits, nullptr},
    {"remote_serial.enabled", "", "REMOTE_SERIAL_ENABLED", Kind::flag, "", "", transmits, nullptr},
    {"remote_serial.allowed_companions", "", "REMOTE_SERIAL_ALLOWED_COMPANIONS", Kind::list, "", "", transmits, nullptr},
    {"remote_serial.nonce_ttl", "", "", Kind::text, "", "", transmits, nullptr},
    {"remote_serial.command_timeout", "", "", Kind::text, "", "", transmits, nullptr},
    {"remote_serial.disallowed_commands", "", "", Kind::list, "", "", transmits, nullptr},
    {"update.repo", "", "UPDATE_REPO", Kind::text, "", "", "without effect: the package manager updates", nullptr},
    {"update.branch", "", "UPDATE_BRANCH", Kind::text, "", "", "without effect: the package manager updates", nullptr},
});
// clang-format on

}  // namespace

std::span<const GlobalKey> global_keys() {
    return rows;
}

}  // namespace meshcore::bridge
