// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dissector/core/text.h"

namespace meshcore::radio {
namespace {

/// Radio parameters that hold for each frame.
constexpr auto frame_fields =
    std::to_array<FieldId>({"meshcore_radio.frequency"_f, "meshcore_radio.bandwidth"_f,
                            "meshcore_radio.sf"_f, "meshcore_radio.cr"_f, "meshcore_radio.preamble"_f});

void put(CaptureHeader& header, FieldId id, const auto& value) {
    std::visit([&](const auto& known) { header.put(id, known); }, value);
}

}  // namespace

Device::Device(RadioProtocol protocol) {
    set("meshcore_radio.protocol"_f, static_cast<double>(protocol));
}

void Device::set(FieldId id, double value) {
    set_value(id, value);
}
void Device::set(FieldId id, std::string_view text) {
    set_value(id, std::string{text});
}
void Device::set(FieldId id, Bytes bytes) {
    set_value(id, std::vector<std::uint8_t>{bytes.begin(), bytes.end()});
}

void Device::set_value(FieldId id, Value value) {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [id](const auto& known) { return known.first == id; });
    if (found == values_.end())
        values_.emplace_back(id, std::move(value));
    else if (found->second != value)
        found->second = std::move(value);
    else
        return;
    renew_frame_header();
}

void Device::forget(FieldId id) {
    if (std::erase_if(values_, [id](const auto& known) { return known.first == id; }))
        renew_frame_header();
}

void Device::renew_frame_header() {
    frame_header_ = CaptureHeader{};
    if (const Value* protocol = find("meshcore_radio.protocol"_f))
        put(frame_header_, "meshcore_radio.protocol"_f, *protocol);
    if (const Value* key = find("meshcore_radio.device.public_key"_f))
        put(frame_header_, "meshcore_radio.observer"_f, *key);
    for (const FieldId field_id : frame_fields)
        if (const Value* known = find(field_id)) put(frame_header_, field_id, *known);
}

const Device::Value* Device::find(FieldId id) const {
    const auto found = std::find_if(values_.begin(), values_.end(),
                                    [id](const auto& known) { return known.first == id; });
    return found == values_.end() ? nullptr : &found->second;
}

std::optional<double> Device::number(FieldId id) const {
    const Value* value = find(id);
    const double* number = value ? std::get_if<double>(value) : nullptr;
    return number ? std::optional{*number} : std::nullopt;
}

std::string Device::text(FieldId id) const {
    const Value* value = find(id);
    const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
    return text ? *text : std::string{};
}

Record Device::report(Record::Time time, std::string_view event) const {
    CaptureHeader header;
    for (const auto& [id, value] : values_) put(header, id, value);
    header.put("meshcore_radio.device.event"_f, event);
    return make_record(time, header, {});
}

std::string Device::describe() const {
    std::string line;
    const auto add = [&line](const std::string& part) {
        if (part.empty()) return;
        if (!line.empty()) line += ", ";
        line += part;
    };
    add(clean_text(text("meshcore_radio.device.name"_f)));
    add(clean_text(text("meshcore_radio.device.model"_f)));
    add(clean_text(text("meshcore_radio.device.firmware"_f)));
    if (const auto hertz = number("meshcore_radio.frequency"_f))
        add(fmt::format("{} MHz", *hertz / 1e6));
    if (const auto hertz = number("meshcore_radio.bandwidth"_f))
        add(fmt::format("{} kHz", *hertz / 1e3));
    if (const auto sf = number("meshcore_radio.sf"_f)) add(fmt::format("SF {}", *sf));
    if (const auto cr = number("meshcore_radio.cr"_f)) add(fmt::format("CR 4/{}", *cr));
    return line;
}

}  // namespace meshcore::radio
