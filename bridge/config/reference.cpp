// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <iterator>

#include "bridge/config/key.h"

namespace meshcore::bridge {
namespace {

constexpr const char* introduction = R"(# Configuration keys of meshcore-bridge

Made from the program's own table of keys: `./dev docs` renews it. How to begin: [bridge.md](bridge.md).

Three dialects are read, and told apart by their content. A key means the same in all of them:

* **TOML** with `[[broker]]` blocks: ours, and that of meshcoretomqtt and meshcore-packet-capture. A global
  key of the environment can also stand in `[capture]`, in lower case. Several files are merged in their
  order; brokers are joined by `name`.
* **ini**: meshcore-bot's `config.ini`. Brokers are `mqtt1_...`, `mqtt2_...` without a gap.
* **environment**: `PACKETCAPTURE_...`, in the process environment or in a file of such lines, or `MCTOMQTT_...` of
  an old meshcoretomqtt. Brokers are `MQTT1_...`, and count as long as `MQTTn_ENABLED` is there.

Relative paths begin at the folder of their file.
)";

constexpr const char* several_radios = R"(
## Of a radio

One process can serve several radios, each with its own name, brokers and connections to them: TOML only.

```toml
[[radio]]
name = "roof"
type = "serial"
port = "/dev/ttyUSB0"
brokers = ["mine"]              # names of [[broker]] blocks; all if not told
[[radio]]
name = "hill"
type = "tcp"
host = "192.0.2.7"
iata = "PDX"
```

What a block leaves out is as in `[source]` and `[general]`. In the log a radio's broker is called
`roof/mine`. A block takes )";

constexpr auto kinds = std::to_array<const char*>({"true or false", "number", "number", "bytes", "text",
                                                   "path", "choice", "list", "filter", "payload types",
                                                   "list, secret", "secret", "list, secret"});

std::string cell(std::string_view text) {
    std::string result;
    for (const char c : text) result += c == '|' ? std::string{"\\|"} : std::string{c};
    return result;
}

std::string code(const std::string& name) {
    return name.empty() ? "" : fmt::format("`{}`", name);
}

template <typename Row>
std::string value_text(const Row& row) {
    std::string text = kinds[static_cast<std::size_t>(row.kind)];
    if (row.kind == Kind::integer || row.kind == Kind::real) text = std::string{row.values};
    if (row.kind == Kind::choice) text = cell(row.values);
    return text;
}

template <typename Row>
void add_rows(std::string& page, std::span<const Row> rows, bool used) {
    page += used ? "| TOML | ini | environment | value | default | |\n|---|---|---|---|---|---|\n"
                 : "| TOML | ini | environment | |\n|---|---|---|---|\n";
    auto out = std::back_inserter(page);
    for (const Row& row : rows) {
        if ((row.set != nullptr) != used) continue;
        fmt::format_to(out, "| {} | {} | {} |", code(shown_name(row, Dialect::toml)),
                       code(shown_name(row, Dialect::ini)),
                       code(shown_name(row, Dialect::environment)));
        if (used) fmt::format_to(out, " {} | {} |", value_text(row), cell(row.fallback));
        fmt::format_to(out, " {} |\n", cell(row.help));
    }
}

}  // namespace

std::string config_reference() {
    std::string page = introduction;
    page += "\n## Global\n\n";
    add_rows(page, global_keys(), true);
    page += several_radios;
    std::vector<std::string> names;
    for (const GlobalKey& row : radio_keys()) names.push_back(code(std::string{row.toml}));
    fmt::format_to(std::back_inserter(page), "{}.\n", fmt::join(names, ", "));
    page += "\n## Of a broker\n\n";
    add_rows(page, broker_keys(), true);
    page += "\n## Accepted without effect\n\nNamed once at start, so that nobody wonders.\n\n";
    add_rows(page, global_keys(), false);
    page += '\n';
    add_rows(page, broker_keys(), false);
    return page;
}

}  // namespace meshcore::bridge
