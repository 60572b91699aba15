// SPDX-License-Identifier: GPL-2.0-or-later
// What is known of the radio. It is told bit by bit, goes into device reports as a whole, and as far
// as it says how frames were received, into the header of each frame.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dissector/core/capture_header.h"
#include "dissector/core/enums.h"
#include "extcap/radio/record.h"

namespace meshcore::radio {

class Device {
public:
    /// One that somebody else captured from, who does not say how.
    Device() = default;
    explicit Device(RadioProtocol protocol);

    /// Fields are those of the capture header, values in the catalogue's units.
    void set(FieldId id, double value);
    void set(FieldId id, std::string_view text);
    void set(FieldId id, Bytes bytes);
    /// No longer known.
    void forget(FieldId id);
    bool knows(FieldId id) const { return find(id) != nullptr; }
    /// Nothing if the radio has not told.
    std::optional<double> number(FieldId id) const;
    std::string text(FieldId id) const;

    /// A device report. `event` says why it is written: connected, lost, reconnected, periodic.
    Record report(Record::Time time, std::string_view event) const;
    /// A header for a frame, with protocol, observer and radio parameters as far as known.
    const CaptureHeader& frame_header() const { return frame_header_; }

    /// "Howl, Heltec V3, v1.11.0, 910.525 MHz, 62.5 kHz, SF 7, CR 4/5", as far as known.
    std::string describe() const;

private:
    using Value = std::variant<double, std::string, std::vector<std::uint8_t>>;
    void set_value(FieldId id, Value value);
    const Value* find(FieldId id) const;
    void renew_frame_header();

    std::vector<std::pair<FieldId, Value>> values_;
    CaptureHeader frame_header_;
};

}  // namespace meshcore::radio
