// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace meshcore {

/// The reference pages in docs/ that are loops over our tables, as Markdown.
std::string fields_page();
std::string notes_page();
/// The table of header items in docs/capture-format.md.
std::string capture_items_table();

}  // namespace meshcore
