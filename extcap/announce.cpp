// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/announce.h"

#include <fmt/format.h>

#include <algorithm>

#include "dissector/core/capture_header.h"
#include "extcap/toolbar.h"

namespace meshcore {
namespace {

/// Braces end a sentence's value, and nothing quotes them.
std::string plain(std::string_view text) {
    std::string result{text};
    std::replace_if(
        result.begin(), result.end(), [](unsigned char c) { return c == '{' || c == '}' || c < ' '; },
        ' ');
    return result;
}

std::string_view type_of(Widget widget) {
    switch (widget) {
        case Widget::text: return "string";
        case Widget::number: return "unsigned";
        case Widget::real: return "double";
        case Widget::flag: return "boolflag";
        case Widget::selector: return "selector";
        case Widget::open_file:
        case Widget::save_file: return "fileselect";
    }
    return "string";
}

std::string values(std::size_t number, const Option& option) {
    std::string text;
    const std::string initial = default_value(option);
    for (const Choice& choice : option.choices())
        text += fmt::format("value {{arg={}}}{{value={}}}{{display={}}}{{default={}}}\n", number,
                            plain(choice.value), plain(choice.display),
                            choice.value == initial ? "true" : "false");
    return text;
}

std::string argument(std::size_t number, const Option& option) {
    std::string text =
        fmt::format("arg {{number={}}}{{call={}}}{{display={}}}{{type={}}}{{tooltip={}}}{{group={}}}",
                    number, option.flag, plain(option.label), type_of(option.widget),
                    plain(option.help), plain(option.group));
    // A selector's default is marked at its value.
    if (const std::string initial = default_value(option); !initial.empty() && !option.choices)
        text += fmt::format("{{default={}}}", plain(initial));
    if (option.widget == Widget::number || option.widget == Widget::real)
        text += fmt::format("{{range={},{}}}", option.lowest, option.highest);
    if (option.widget == Widget::open_file) text += "{mustexist=true}";
    if (option.required) text += "{required=true}";
    if (option.reload) text += "{reload=true}{placeholder=Look again}";
    if (!option.pattern.empty()) text += fmt::format("{{validation={}}}", option.pattern);
    text += '\n';
    if (option.choices) text += values(number, option);
    return text;
}

}  // namespace

std::string interface_sentences() {
    std::string text = fmt::format("extcap {{version={}}}{{display=MeshCore}}\n", MESHCORE_VERSION);
    for (const Interface& interface : list_interfaces())
        text += fmt::format("interface {{value={}}}{{display={}}}\n", plain(interface.name),
                            plain(interface.display));
    text += control_sentences();
    return text;
}

std::string dlt_sentence() {
    return fmt::format("dlt {{number={}}}{{name=USER11}}{{display=MeshCore}}\n", linktype_meshcore);
}

std::string config_sentences(InterfaceKind kind) {
    std::string text;
    std::size_t number = 0;
    for (const Option& option : options())
        if (applies(option, kind)) text += argument(number++, option);
    return text;
}

std::string reload_sentences(InterfaceKind kind, std::string_view name) {
    std::size_t number = 0;
    for (const Option& option : options()) {
        if (!applies(option, kind)) continue;
        if (option.flag.substr(2) == name && option.choices) return values(number, option);
        ++number;
    }
    return {};
}

}  // namespace meshcore
