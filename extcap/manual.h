// SPDX-License-Identifier: GPL-2.0-or-later
// Pages made from the program's own tables: `./dev docs` writes them, tests/docs compares them.
#pragma once

#include <string>

namespace meshcore {

/// meshcoredump(1), in roff.
std::string man_page();
/// The words of the filter language, a Markdown table.
std::string filter_table();

}  // namespace meshcore
