// SPDX-License-Identifier: GPL-2.0-or-later
// The JSON and the topics of MeshCore publishers. They agree on little: numbers are numbers or strings,
// what is unknown is left out, null or a word.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "dissector/core/tape.h"

namespace meshcore::plugin {

using nlohmann::json;

std::optional<std::string> text(const json& object, const char* key);
std::optional<double> number(const json& object, const char* key);

std::string_view last_level(std::string_view topic);
/// The level that has the observer's key, as it is written; else empty.
std::string_view key_level(std::string_view topic);
/// 64 hex digits.
bool is_key(std::string_view text);

/// Puts what the body says of the radio onto the tape, as generated nodes of "meshcore_radio"; a value
/// that its field can't have is left out.
void put_radio(std::string_view topic, std::string_view kind, const json& body, Tape& out);

}  // namespace meshcore::plugin
