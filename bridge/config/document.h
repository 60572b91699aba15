// SPDX-License-Identifier: GPL-2.0-or-later
// A configuration as it was written, before anybody asked what the keys mean: the three dialects'
// readers all end here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridge/config/finding.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

enum class Dialect { toml, ini, environment };

/// `key` in the dialect's spelling: "general.iata", "PacketCapture.iata", "IATA"; in a broker without
/// what names the broker: "tls.verify", "use_tls", "USE_TLS".
struct Entry {
    std::string key;
    std::string value;
    Position where;
    std::vector<std::string> list = {};  ///< of a TOML array, which `value` has with commas between
};

/// [[broker]] or [[radio]]
struct Block {
    std::string name;  ///< empty: not told
    Position where;
    std::vector<Entry> entries;
};

struct Document {
    Dialect dialect = Dialect::toml;
    std::string_view prefix = "PACKETCAPTURE_";  ///< of an environment's names
    std::string folder;  ///< where relative paths begin; empty: the working directory
    std::vector<Entry> entries;
    std::vector<Block> brokers;
    std::vector<Block> radios;  ///< TOML only
};

/// meshcoretomqtt, meshcore-packet-capture, and our own.
Result<Document> read_toml(std::string_view text, const std::string& path);
/// meshcore-bot's config.ini; sections other than the three that concern us are skipped.
Result<Document> read_ini(std::string_view text, const std::string& path, Findings& findings);
/// A file of PACKETCAPTURE_NAME=value lines.
Result<Document> read_env_file(std::string_view text, const std::string& path, Findings& findings);
/// The process environment: "NAME=value" strings, null at the end.
Document read_environment(const char* const* environment);

/// Reads a file and tells its dialect from its content.
Result<Document> read_document(const std::string& path, Findings& findings);

}  // namespace meshcore::bridge
