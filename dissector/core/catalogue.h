// SPDX-License-Identifier: GPL-2.0-or-later
// The one table of every field that can be shown. Wireshark's registration, JSON, text and
// docs/fields.md are loops over it. "name"_f is looked up while compiling: a typo does not build.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dissector/core/catalogue_answer.h"
#include "dissector/core/catalogue_frame.h"
#include "dissector/core/catalogue_radio.h"
#include "dissector/core/catalogue_story.h"
#include "dissector/core/field.h"

namespace meshcore {

enum class FieldId : std::uint16_t {};

namespace detail {

template <std::size_t... N>
consteval auto join(const std::array<Field, N>&... parts) {
    std::array<Field, (N + ...)> all{};
    std::size_t next = 0;
    const auto append = [&](const auto& part) {
        for (const Field& row : part) all[next++] = row;
    };
    (append(parts), ...);
    return all;
}

}  // namespace detail

inline constexpr auto catalogue = detail::join(rows::radio, rows::frame, rows::answer, rows::story);

constexpr const Field& field(FieldId id) {
    return catalogue[static_cast<std::size_t>(id)];
}

constexpr FieldId field_id(std::size_t row) {
    return static_cast<FieldId>(row);
}

inline namespace literals {

/// Row of a field by its full name, e.g. "meshcore.advert.name"_f.
consteval FieldId operator""_f(const char* name, std::size_t length) {
    const std::string_view wanted{name, length};
    for (std::size_t i = 0; i < catalogue.size(); ++i)
        if (catalogue[i].name == wanted) return field_id(i);
    throw "no field of this name in the catalogue";
}

}  // namespace literals

}  // namespace meshcore
