// SPDX-License-Identifier: GPL-2.0-or-later
// Who heard the packets: the radio's own reports, overridden by what the user says.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dissector/core/crypto.h"
#include "dissector/core/tape.h"

namespace meshcore::bridge {

/// A number in the catalogue's unit that the source told; nothing if it is missing or was computed.
std::optional<double> told_number(const Tape& tape, FieldId id);

struct Observer {
    std::string name;  ///< valid UTF-8, may be empty
    std::string key;   ///< 64 upper-case hex digits; empty: not known yet
    std::string model, firmware, build;
    /// The numbers of the last reports, in the catalogue's units: battery, uptime, frequency, ...
    std::map<FieldId, double> figures;

    /// Takes what a device report tells; what it leaves out stays as it was. A report of another radio
    /// replaces everything.
    void update(const Tape& report);

    std::optional<double> figure(FieldId id) const;
    /// The key's bytes; nothing if it is not known.
    std::optional<PublicKey> public_key() const;

    bool operator==(const Observer&) const = default;
};

}  // namespace meshcore::bridge
