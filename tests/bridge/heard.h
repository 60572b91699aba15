// SPDX-License-Identifier: GPL-2.0-or-later
// A frame as the bridge gets it, for tests of formats.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bridge/formats/format.h"
#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"

namespace meshcore::bridge::testing {

using Json = nlohmann::ordered_json;

inline const char* const observer_key =
    "4852B69364572B52EFA1B6BB3E6D0ABED4F389A1CBFBB60A9BBA2CCE649CAF0E";

/// 2026-09-13 04:29:52.407921
inline Time sample_time() {
    return Time{std::chrono::nanoseconds{1789273792407921000}};
}

class Frame {
public:
    explicit Frame(const std::string& hex, const CaptureHeader& header = {}, const Keyring& keys = {}) {
        observer.name = "Roof";
        observer.key = observer_key;
        record_.assign(header.bytes().begin(), header.bytes().end());
        const auto frame = from_hex(hex);
        EXPECT_TRUE(frame) << hex;
        record_.insert(record_.end(), frame->begin(), frame->end());
        header_length_ = dissect_capture_header(record_, radio_);
        dissect(frame_bytes(), keys, packet_);
    }

    Heard heard(Time time = sample_time()) const {
        return {time, frame_bytes(), radio_, packet_, observer};
    }

    Observer observer;

private:
    Bytes frame_bytes() const { return Bytes{record_}.subspan(header_length_); }

    std::vector<std::uint8_t> record_;
    std::size_t header_length_ = 0;
    Tape radio_;
    Dissection packet_;
};

inline CaptureHeader signal(double snr, double rssi) {
    CaptureHeader header;
    header.put("meshcore_radio.snr"_f, snr);
    header.put("meshcore_radio.rssi"_f, rssi);
    return header;
}

}  // namespace meshcore::bridge::testing
