// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace meshcore::bridge {

/// docs/meshcore-bridge.1, with the options of the command line.
std::string man_page(const CLI::App& app);

}  // namespace meshcore::bridge
