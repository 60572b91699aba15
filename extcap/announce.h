// SPDX-License-Identifier: GPL-2.0-or-later
// The sentences by which an extcap tells Wireshark what it can do.
// Source: Wireshark doc/extcap.adoc, "The extcap interface".
#pragma once

#include <string>

#include "extcap/options.h"

namespace meshcore {

std::string interface_sentences();
std::string dlt_sentence();
std::string config_sentences(InterfaceKind kind);
/// Choices of the option that the dialog wants to fill anew.
std::string reload_sentences(InterfaceKind kind, std::string_view option);

}  // namespace meshcore
