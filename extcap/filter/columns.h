// SPDX-License-Identifier: GPL-2.0-or-later
// The fields of a packet as columns of a table of one row.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "dissector/core/dissection.h"

namespace meshcore::filter {

/// What a column shows of a packet.
enum class Show : std::uint8_t {
    value,   ///< a field: number, text, or lower-case hex; several of them with commas between
    name,    ///< an enumerated field's word, in lower case
    length,  ///< of the frame
    raw      ///< the frame as hex
};

struct TableColumn {
    std::string name;
    Show show;
    FieldId field{};
};

const std::vector<TableColumn>& table_columns();

/// Nothing, a number or a text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;
Value value_of(const TableColumn& column, const Tape& header, const Dissection& frame);

}  // namespace meshcore::filter
