// SPDX-License-Identifier: GPL-2.0-or-later
// Other writers cut through RAW lines. The RX line that follows tells the frame's length and hash, and
// so proves which pieces belong together.
#pragma once

#include <span>
#include <string>

#include "extcap/radio/log_line.h"

namespace meshcore::radio {

/// The frame whose RX line this is, from pieces of hex in `texts`, in their order. With
/// `begins_first`, it begins where the first text does. Nothing if no pieces prove to be it. Where it
/// was cut in its path, a hex digit or two there can be those of another writer: the hash leaves out
/// the path.
std::optional<std::vector<std::uint8_t>> mend(const RxLine& rx, std::span<const std::string> texts,
                                              bool begins_first);

}  // namespace meshcore::radio
