// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/observer.h"

#include <algorithm>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

double value_of(const Field& row, const Node& node) {
    if (is_real(row)) return node.real;
    return is_signed(row.wire) ? static_cast<double>(node.signed_number)
                               : static_cast<double>(node.number);
}

}  // namespace

std::optional<double> told_number(const Tape& tape, FieldId id) {
    const Node* node = tape.find(id);
    return node && !node->generated ? std::optional{value_of(field(id), *node)} : std::nullopt;
}

void Observer::update(const Tape& report) {
    if (const Node* node = report.find("meshcore_radio.device.public_key"_f)) {
        std::string told = to_hex(report.bytes(*node), HexCase::upper);
        if (!key.empty() && told != key) *this = {};
        key = std::move(told);
    }
    for (const Node& node : report.nodes()) {
        const auto text = [&] { return clean_text(report.text(node.slice())); };
        if (node.field == "meshcore_radio.device.name"_f)
            name = text();
        else if (node.field == "meshcore_radio.device.model"_f)
            model = text();
        else if (node.field == "meshcore_radio.device.firmware"_f)
            firmware = text();
        else if (node.field == "meshcore_radio.device.build"_f)
            build = text();
        else if (const Field& row = field(node.field); wire_width(row.wire) > 0 && !node.generated)
            figures[node.field] = value_of(row, node);
    }
}

std::optional<double> Observer::figure(FieldId id) const {
    const auto found = figures.find(id);
    return found == figures.end() ? std::nullopt : std::optional{found->second};
}

std::optional<PublicKey> Observer::public_key() const {
    const auto bytes = from_hex(key);
    PublicKey result;
    if (!bytes || bytes->size() != result.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), result.begin());
    return result;
}

}  // namespace meshcore::bridge
