// SPDX-License-Identifier: GPL-2.0-or-later
// From files or the environment to a Config that is checked.
#pragma once

#include <string>
#include <vector>

#include "bridge/config/config.h"
#include "bridge/config/document.h"

namespace meshcore::bridge {

struct Loaded {
    std::vector<Document> documents;
    Config config;                  ///< of the one radio, or what several have in common
    std::vector<Config> observers;  ///< one for each radio, complete
    Findings findings;

    /// Something global is wrong: there is nothing to start.
    bool unusable() const;
    /// What --check asks: is anything wrong, be it a key, a value, or a broker?
    bool wrong() const;
};

/// The files in their order, later ones winning, brokers joined by name. Without files the ones in
/// /etc/meshcore-bridge, and without those the environment ("NAME=value" strings, null at the end).
Loaded load_config(std::vector<std::string> paths, const char* const* environment);

/// What was written, in that order. The documents that cannot be read are findings.
std::vector<Document> read_documents(std::vector<std::string> paths, const char* const* environment,
                                     Findings& findings);

/// One document's keys into the configuration; what cannot be used becomes a finding.
void apply(const Document& document, Config& config, Findings& findings);

/// The configuration of each [[radio]], in their order, blocks of the same name being one; none if
/// there are no such blocks.
std::vector<Config> split_radios(const Config& common, const std::vector<Document>& documents,
                                 Findings& findings);

/// A [[radio]] block into the configuration of that radio.
void apply_radio(const Document& document, const Block& block, Config& config, Findings& findings);

/// Can something be published for it?
bool is_usable(const Config& config);

/// Fills in what one key takes from another and refuses brokers that cannot work.
void complete(Config& config, Findings& findings);

/// Overwrites a secret that is not needed any more.
void wipe(std::string& secret);

/// The name most like `name`, if one is like it at all.
std::string closest(std::string_view name, const std::vector<std::string>& names);

}  // namespace meshcore::bridge
