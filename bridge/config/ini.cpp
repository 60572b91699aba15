// SPDX-License-Identifier: GPL-2.0-or-later
// Python's configparser with its defaults. No library of Debian's reads such files: libinih cuts values
// at " ;" and lines at 200 bytes (both fixed when it was built), Boost.PropertyTree has no continuation
// lines, and neither knows interpolation, [DEFAULT], or where a value stands.
#include "bridge/config/ini.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";

std::string_view strip(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Reads lines into options; names and values are as written.
class Parser {
public:
    Parser(const std::string& path) : path_{path} {}

    Result<void> line(std::string_view text) {
        ++number_;
        const auto indent =
            static_cast<unsigned>(std::min(text.find_first_not_of(blanks), text.size()));
        const std::string_view content = strip(text);
        if (content.empty()) {
            if (open_) options_.back().value += '\n';
            return {};
        }
        if (content.front() == '#' || content.front() == ';') return {};
        if (open_ && indent > indent_) {
            options_.back().value += '\n';
            options_.back().value += content;
            return {};
        }
        indent_ = indent;
        open_ = false;
        if (content.front() == '[' && content.find(']') > 1 && content.find(']') != content.npos)
            return section(content);
        return option(content);
    }

    std::vector<IniOption> take() {
        for (IniOption& option : options_) {
            const auto end = option.value.find_last_not_of('\n');
            option.value.erase(end == std::string::npos ? 0 : end + 1);
        }
        return std::move(options_);
    }

private:
    Result<void> section(std::string_view content) {
        section_ = content.substr(1, content.rfind(']') - 1);
        if (section_ != "DEFAULT" && !sections_.emplace(section_, number_).second)
            return fail(fmt::format("{}: section [{}] is there twice, first in line {}; join the two",
                                    here(1).text(), section_, sections_[section_]));
        return {};
    }

    Result<void> option(std::string_view content) {
        const auto delimiter = content.find_first_of("=:");
        const std::string name = lower_case(strip(content.substr(0, delimiter)));
        if (section_.empty())
            return fail(fmt::format("{}: text before the first [section]; is this a config.ini?",
                                    here(1).text()));
        if (delimiter == std::string_view::npos || name.empty())
            return fail(fmt::format("{}: expected \"key = value\"", here(indent_ + 1).text()));
        const auto [first, is_new] = names_.emplace(section_ + '\0' + name, number_);
        if (!is_new)
            return fail(fmt::format("{}: \"{}\" is there twice, first in line {}; remove one",
                                    here(indent_ + 1).text(), name, first->second));
        options_.push_back(
            {section_, name, std::string{strip(content.substr(delimiter + 1))}, here(indent_ + 1)});
        open_ = true;
        return {};
    }

    Position here(unsigned column) const { return {path_, number_, column}; }

    const std::string& path_;
    unsigned number_ = 0;
    unsigned indent_ = 0;  ///< of the line that began the open option
    bool open_ = false;    ///< an indented line continues the last option
    std::string section_;
    std::map<std::string, unsigned> sections_, names_;
    std::vector<IniOption> options_;
};

/// "%%" is a percent sign, "%(name)s" another option's value.
class Interpolation {
public:
    Interpolation(const std::vector<IniOption>& options, Findings& findings) : findings_{findings} {
        for (const IniOption& option : options) values_[option.section][option.name] = option.value;
    }

    std::string apply(const IniOption& option) {
        left_ = most_references;
        return apply(option, option.value, 0);
    }

private:
    /// Of one value, those in what it refers to included: options that repeat each other grow without
    /// end.
    static constexpr int most_references = 100;

    std::string apply(const IniOption& option, std::string_view raw, int depth) {
        std::string result;
        while (!raw.empty()) {
            const auto percent = raw.find('%');
            result += raw.substr(0, percent);
            if (percent == std::string_view::npos) break;
            raw.remove_prefix(percent);
            const auto end = raw.find(")s");
            if (raw.substr(0, 2) == "%%") {
                result += '%';
                raw.remove_prefix(2);
            } else if (raw.substr(0, 2) == "%(" && end != std::string_view::npos && depth < 10 &&
                       left_ > 0) {
                --left_;
                const std::string* value = find(option.section, lower_case(raw.substr(2, end - 2)));
                if (!value) warn(option, "refers to an option that is not there");
                result +=
                    value ? apply(option, *value, depth + 1) : std::string{raw.substr(0, end + 2)};
                raw.remove_prefix(end + 2);
            } else {
                warn(option, "has a lone '%', which is taken as it is; write %% for one percent sign");
                result += '%';
                raw.remove_prefix(1);
            }
        }
        return result;
    }

    const std::string* find(const std::string& section, const std::string& name) const {
        for (const std::string& place : {section, std::string{"DEFAULT"}}) {
            const auto options = values_.find(place);
            if (options == values_.end()) continue;
            const auto found = options->second.find(name);
            if (found != options->second.end()) return &found->second;
        }
        return nullptr;
    }

    void warn(const IniOption& option, const char* what) {
        findings_.add(Severity::warning, option.where,
                      fmt::format("the value of {} {}", option.name, what));
    }

    std::map<std::string, std::map<std::string, std::string>> values_;
    Findings& findings_;
    int left_ = 0;
};

/// Gives each section the options of [DEFAULT] that it does not have.
void apply_defaults(std::vector<IniOption>& options) {
    std::map<std::string, std::vector<std::string>> names;
    for (const IniOption& option : options) names[option.section].push_back(option.name);
    std::vector<IniOption> inherited;
    for (const auto& [section, own] : names) {
        if (section == "DEFAULT") continue;
        for (const IniOption& option : options) {
            if (option.section != "DEFAULT") continue;
            if (std::find(own.begin(), own.end(), option.name) != own.end()) continue;
            inherited.push_back(option);
            inherited.back().section = section;
        }
    }
    options.insert(options.end(), inherited.begin(), inherited.end());
}

}  // namespace

Result<std::vector<IniOption>> parse_ini(std::string_view text, const std::string& path,
                                         Findings& findings) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    Parser parser{path};
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (auto read = parser.line(text.substr(0, end)); !read)
            return tl::unexpected<Error>(read.error());
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    std::vector<IniOption> options = parser.take();
    apply_defaults(options);
    Interpolation interpolation{options, findings};
    for (IniOption& option : options) option.value = interpolation.apply(option);
    return options;
}

}  // namespace meshcore::bridge
