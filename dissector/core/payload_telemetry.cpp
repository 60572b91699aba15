// SPDX-License-Identifier: GPL-2.0-or-later
// CayenneLPP (big-endian), and the sensor's min/max/average series, which write some quantities in
// other widths. Source: CayenneLPP library, src/helpers/sensors/LPPDataHelpers.h;
// examples/simple_sensor/SensorMesh.cpp, getDataSize, getMultiplier, isSigned.
#include <array>

#include "dissector/core/decoder.h"

namespace meshcore {
namespace {

struct Value {
    FieldId id;
    std::uint8_t width;
    bool is_signed;
    double divisor;
};
struct Quantity {
    std::uint8_t type;
    std::array<Value, 3> values;
    std::uint8_t count = 1;
};

constexpr Quantity one(std::uint8_t type, FieldId id, std::uint8_t width, bool is_signed,
                       double divisor) {
    return {type, {Value{id, width, is_signed, divisor}}};
}

constexpr auto quantities = std::to_array<Quantity>({
    one(0, "meshcore.telemetry.digital_input"_f, 1, false, 1),
    one(1, "meshcore.telemetry.digital_output"_f, 1, false, 1),
    one(2, "meshcore.telemetry.analog_input"_f, 2, true, 100),
    one(3, "meshcore.telemetry.analog_output"_f, 2, true, 100),
    one(100, "meshcore.telemetry.generic"_f, 4, false, 1),
    one(101, "meshcore.telemetry.luminosity"_f, 2, false, 1),
    one(102, "meshcore.telemetry.presence"_f, 1, false, 1),
    one(103, "meshcore.telemetry.temperature"_f, 2, true, 10),
    one(104, "meshcore.telemetry.humidity"_f, 1, false, 2),
    {113,
     {Value{"meshcore.telemetry.accelerometer.x"_f, 2, true, 1000},
      Value{"meshcore.telemetry.accelerometer.y"_f, 2, true, 1000},
      Value{"meshcore.telemetry.accelerometer.z"_f, 2, true, 1000}},
     3},
    one(115, "meshcore.telemetry.pressure"_f, 2, false, 10),
    // The library writes it signed, the firmware reads it unsigned; both agree up to 327 V.
    one(116, "meshcore.telemetry.voltage"_f, 2, false, 100),
    one(117, "meshcore.telemetry.current"_f, 2, true, 1000),
    one(118, "meshcore.telemetry.frequency"_f, 4, false, 1),
    one(120, "meshcore.telemetry.percentage"_f, 1, false, 1),
    one(121, "meshcore.telemetry.altitude"_f, 2, true, 1),
    one(125, "meshcore.telemetry.concentration"_f, 2, false, 1),
    one(128, "meshcore.telemetry.power"_f, 2, false, 1),
    one(130, "meshcore.telemetry.distance"_f, 4, false, 1000),
    one(131, "meshcore.telemetry.energy"_f, 4, false, 1000),
    one(132, "meshcore.telemetry.direction"_f, 2, false, 1),
    {134,
     {Value{"meshcore.telemetry.gyrometer.x"_f, 2, true, 100},
      Value{"meshcore.telemetry.gyrometer.y"_f, 2, true, 100},
      Value{"meshcore.telemetry.gyrometer.z"_f, 2, true, 100}},
     3},
    {135,
     {Value{"meshcore.telemetry.colour.red"_f, 1, false, 1},
      Value{"meshcore.telemetry.colour.green"_f, 1, false, 1},
      Value{"meshcore.telemetry.colour.blue"_f, 1, false, 1}},
     3},
    {136,
     {Value{"meshcore.telemetry.latitude"_f, 3, true, 10000},
      Value{"meshcore.telemetry.longitude"_f, 3, true, 10000},
      Value{"meshcore.telemetry.altitude"_f, 3, true, 100}},
     3},
    one(142, "meshcore.telemetry.switch"_f, 1, false, 1),
});

constexpr std::uint8_t unix_time = 133, polyline = 240;

const Quantity* quantity_of(std::uint8_t type) {
    for (const Quantity& quantity : quantities)
        if (quantity.type == type) return &quantity;
    return nullptr;
}

/// False for a type of unknown length: there is no way past it.
bool read_value(Reader& content, std::uint8_t type) {
    if (const Quantity* quantity = quantity_of(type)) {
        for (std::size_t i = 0; i < quantity->count; ++i) {
            const Value& value = quantity->values[i];
            content.real_be(value.id, value.width, value.is_signed, value.divisor);
        }
        return true;
    }
    if (type == unix_time) {
        content.u32("meshcore.telemetry.time"_f);
        return true;
    }
    if (type == polyline && content.peek() > 0) {
        content.bytes("meshcore.telemetry.polyline"_f, content.peek());
        return true;
    }
    return false;
}

struct SeriesForm {
    std::uint8_t width;
    bool is_signed;
    double divisor;
};

/// How the sensor writes one number of a series. It differs from CayenneLPP: humidity has two bytes.
SeriesForm series_form(std::uint8_t type) {
    switch (type) {
        case 2:
        case 3: return {2, true, 100};  // analog
        case 100:
        case 118:
        case 133: return {4, false, 1};  // generic, frequency, time
        case 101:
        case 125:
        case 128:
        case 132: return {2, false, 1};  // luminosity, concentration, power, direction
        case 103: return {2, true, 10};  // temperature
        case 104:
        case 115: return {2, false, 10};    // humidity, pressure
        case 116: return {2, false, 100};   // voltage
        case 117: return {2, false, 1000};  // current
        case 121: return {2, true, 1};      // altitude
        case 130:
        case 131: return {4, false, 1000};  // distance, energy
        case 113:
        case 134: return {6, true, 1};  // the firmware gives them one number of six bytes
        case 135: return {3, false, 1};
        case 136: return {9, true, 1};
        case 240: return {8, false, 1};
        default: return {1, false, 1};
    }
}

}  // namespace

void read_telemetry(Reader& content) {
    while (content.remaining() >= 2 && content.peek() != 0) {
        content.u8("meshcore.telemetry.channel"_f);
        const std::uint8_t type = content.u8("meshcore.telemetry.type"_f);
        if (!read_value(content, type)) {
            content.note(Note::unknown_type);
            content.rest("meshcore.undecoded"_f);
        }
    }
}

void read_series(Reader& content) {
    while (content.remaining() >= 2 && content.peek() != 0) {
        content.u8("meshcore.resp.series.channel"_f);
        const SeriesForm form = series_form(content.u8("meshcore.resp.series.type"_f));
        if (form.width > 8) {
            content.rest("meshcore.undecoded"_f);
            return;
        }
        content.real_be("meshcore.resp.series.min"_f, form.width, form.is_signed, form.divisor);
        content.real_be("meshcore.resp.series.max"_f, form.width, form.is_signed, form.divisor);
        content.real_be("meshcore.resp.series.avg"_f, form.width, form.is_signed, form.divisor);
    }
}

}  // namespace meshcore
