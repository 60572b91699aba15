// SPDX-License-Identifier: GPL-2.0-or-later
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <cctype>

#include "bridge/config/document.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

Position position_of(const toml::node& node, const std::string& path) {
    return {path, node.source().begin.line, node.source().begin.column};
}

/// Where a key stands: toml++ knows values only, and the key begins their line, or is close before it.
Position position_of(const toml::key& key, const std::string& path) {
    return {path, key.source().begin.line, key.source().begin.column};
}

std::vector<std::string> list_of(const toml::node& node);

std::string text_of(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return fmt::format("{}", fmt::join(list_of(node), ","));
}

std::vector<std::string> list_of(const toml::node& node) {
    std::vector<std::string> texts;
    if (const auto* list = node.as_array())
        for (const toml::node& element : *list) texts.push_back(text_of(element));
    return texts;
}

/// "tls" / { verify = false } becomes "tls.verify".
void flatten(const toml::table& table, const std::string& prefix, const std::string& path,
             std::vector<Entry>& entries) {
    for (const auto& [key, value] : table) {
        const std::string name = prefix + std::string{key.str()};
        if (const toml::table* inner = value.as_table())
            flatten(*inner, name + '.', path, entries);
        else
            entries.push_back({name, text_of(value), position_of(key, path), list_of(value)});
    }
}

Block block_of(const toml::table& table, const std::string& path) {
    Block block;
    block.where = position_of(table, path);
    flatten(table, "", path, block.entries);
    const auto named = std::find_if(block.entries.begin(), block.entries.end(),
                                    [](const Entry& entry) { return entry.key == "name"; });
    if (named != block.entries.end()) block.name = named->value;
    return block;
}

/// What the parser saw may be part of a password; a single character says enough.
std::string without_values(std::string_view description) {
    const auto saw = description.find(", saw '");
    if (saw != description.npos && description.size() > saw + 9)
        description = description.substr(0, saw);
    return one_line(description);
}

/// The line of a key with more parts than any has; 0: none. toml++ makes a table of each part, and
/// takes them down one inside the other, which a stack does not bear.
unsigned line_of_endless_key(std::string_view text) {
    constexpr unsigned most_parts = 100;
    unsigned line = 1, parts = 0;
    char before = ' ';
    for (const char c : text) {
        if (c == '.' && before != '.')
            ++parts;
        else if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-')
            parts = 0;
        if (parts > most_parts) return line;
        line += c == '\n';
        before = c;
    }
    return 0;
}

}  // namespace

Result<Document> read_toml(std::string_view text, const std::string& path) {
    if (const unsigned line = line_of_endless_key(text))
        return fail(
            fmt::format("{}: a key of so many parts is none of ours", Position{path, line}.text()));
    try {
        const toml::table root = toml::parse(text, path);
        Document document;
        for (const auto& [key, value] : root) {
            const toml::array* list = value.as_array();
            if (key.str() == "broker" || key.str() == "radio") {
                if (!list || !list->is_array_of_tables())
                    return fail(fmt::format("{}: write [[{}]], in double brackets",
                                            position_of(key, path).text(), key.str()));
                auto& blocks = key.str() == "broker" ? document.brokers : document.radios;
                for (std::size_t i = 0; i < list->size(); ++i)
                    blocks.push_back(block_of(*(*list)[i].as_table(), path));
            } else if (const toml::table* table = value.as_table()) {
                flatten(*table, std::string{key.str()} + '.', path, document.entries);
            } else {
                document.entries.push_back(
                    {std::string{key.str()}, text_of(value), position_of(key, path), list_of(value)});
            }
        }
        return document;
    } catch (const toml::parse_error& error) {
        const toml::source_position& at = error.source().begin;
        return fail(fmt::format("{}: {}", Position{path, at.line, at.column}.text(),
                                without_values(error.description())));
    }
}

}  // namespace meshcore::bridge
