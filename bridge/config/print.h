// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "bridge/config/load.h"

namespace meshcore::bridge {

/// The merged configuration in our TOML, whatever it was written in: loaded again, it means the same.
/// Keys without effect are left out. Secrets are left out, with a comment that says where they stand,
/// unless they are asked for.
std::string print_config(const std::vector<Document>& documents, const Config& merged,
                         bool show_secrets);

}  // namespace meshcore::bridge
