// SPDX-License-Identifier: GPL-2.0-or-later
// Topic templates: "meshcore/{IATA}/{PUBLIC_KEY}/packets". All placeholders of the peers are known.
#pragma once

#include <string>
#include <string_view>

#include "dissector/core/result.h"

namespace meshcore::bridge {

struct TopicValues {
    std::string_view iata;
    std::string_view key;    ///< the observer's public key, upper-case hex
    std::string_view token;  ///< of brokers that tell their users apart by topic
    std::string_view type;   ///< packets, status, raw
};

/// The topic; what check_topic() refuses stays as it is.
std::string expand_topic(std::string_view pattern, const TopicValues& values);

/// Whether a template can become a topic to publish to: placeholders are known, no '+', '#' or NUL.
Result<void> check_topic(std::string_view pattern);

bool needs_iata(std::string_view pattern);
bool needs_token(std::string_view pattern);

/// Empty, or one of the fill-ins that peers' example files ship with: XXX, LOC, XYZ.
bool iata_is_missing(std::string_view iata);

/// Letters and digits only: what can be a level of a topic and an airport code.
bool iata_is_plausible(std::string_view iata);

/// A name from the air as one level of a topic: without '/', '+', '#', control characters and what else
/// brokers refuse in a topic; what is no UTF-8 becomes U+FFFD; 64 bytes at most; "_" if nothing is
/// left.
std::string topic_level(std::string_view name);

}  // namespace meshcore::bridge
