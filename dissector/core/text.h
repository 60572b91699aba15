// SPDX-License-Identifier: GPL-2.0-or-later
// Texts come from strangers: from the air, in any bytes.
#pragma once

#include <string>
#include <string_view>

namespace meshcore {

bool is_utf8(std::string_view text);

/// The text as valid UTF-8: each byte that fits nowhere becomes U+FFFD. All sinks show this form.
std::string clean_text(std::string_view text);

/// The clean text with control characters shown as a space, for one line of a list or a log.
std::string one_line(std::string_view text);

/// With the letters a to z in the other case; all else stays as it is, in every locale.
std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace meshcore
