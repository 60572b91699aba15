// SPDX-License-Identifier: GPL-2.0-or-later
// Records that are already somewhere: in a capture, a log, or lines of JSON or hex.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "dissector/core/result.h"
#include "extcap/radio/record.h"

namespace meshcore::capture {

class RecordSource {
public:
    virtual ~RecordSource() = default;
    /// The next record, nothing at the end. What is whole comes before an error.
    virtual Result<std::optional<Record>> next() = 0;
};

/// `path` is a file or "-" for standard input. Its content says what it is:
///  - pcap or pcapng of LINKTYPE_USER11,
///  - lines of JSON as meshcoretomqtt and meshcore-packet-capture publish them, alone or as
///    mosquitto_sub prints them (-v, -F '%j', -F '%J', -F '%I %t %p'),
///  - the log of a repeater's or room server's serial console,
///  - lines of hex, a frame each.
Result<std::unique_ptr<RecordSource>> open_record_source(const std::string& path);

}  // namespace meshcore::capture
