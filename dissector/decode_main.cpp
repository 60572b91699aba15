// SPDX-License-Identifier: GPL-2.0-or-later
// meshcore-decode: hex or a capture in, text or JSON out.
#include <fmt/core.h>
#include <pcap/pcap.h>
#include <sodium.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"
#include "dissector/core/to_json.h"
#include "dissector/core/to_text.h"
#include "dissector/docs.h"
#include "dissector/keys/key_file.h"

namespace {

using namespace meshcore;

constexpr int exit_unusable = 2;

class Printer {
public:
    Printer(const Keyring& keys, bool json) : keys_(keys), memory_(keys), json_(json) {}

    void frame(Bytes bytes) {
        decode(bytes);
        print(nullptr, &frame_);
    }
    void record(Bytes bytes) {
        const std::size_t length = dissect_capture_header(bytes, capture_header_);
        if (length == bytes.size() && length > 0) return print(&capture_header_, nullptr);
        decode(bytes.subspan(length));
        print(&capture_header_, &frame_);
    }

    /// The next input knows nothing of the last one.
    void start_input() { memory_ = Memory{keys_}; }

private:
    void decode(Bytes bytes) {
        dissect(bytes, keys_, memory_, frame_);
        memory_.learn(frame_);
    }
    void print(const Tape* capture_header, const Dissection* frame) {
        std::cout << (json_ ? to_json(capture_header, frame) : to_text(capture_header, frame));
        if (json_) std::cout << '\n';
    }
    const Keyring& keys_;
    Memory memory_;
    bool json_;
    Tape capture_header_;
    Dissection frame_;
};

int unusable(const std::string& message) {
    fmt::print(stderr, "meshcore-decode: {}\n", message);
    return exit_unusable;
}

int decode_hex(Printer& printer, const std::string& text, const std::string& where) {
    const auto bytes = from_hex(text);
    if (!bytes) return unusable(where + " is neither hex nor a capture file");
    if (bytes->size() > 0xFFFF) return unusable(where + " is too long for a frame");
    printer.frame(*bytes);
    return 0;
}

int decode_lines(Printer& printer) {
    std::string line;
    for (unsigned number = 1; std::getline(std::cin, line); ++number) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty()) continue;
        if (const int result = decode_hex(printer, line, fmt::format("line {}", number))) return result;
    }
    return 0;
}

int decode_capture(Printer& printer, const std::string& path) {
    char error[PCAP_ERRBUF_SIZE] = "";
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> capture{pcap_open_offline(path.c_str(), error),
                                                                 pcap_close};
    if (!capture) return unusable(fmt::format("cannot read {}: {}", path, error));
    if (const int type = pcap_datalink(capture.get()); type != linktype_meshcore)
        return unusable(fmt::format("{} has link type {}, not MeshCore's {} (USER11)", path, type,
                                    linktype_meshcore));
    printer.start_input();
    pcap_pkthdr* header = nullptr;
    const std::uint8_t* data = nullptr;
    int result = 0;
    while ((result = pcap_next_ex(capture.get(), &header, &data)) == 1)
        printer.record({data, std::min<std::size_t>(header->caplen, 0xFFFF)});
    if (result == PCAP_ERROR) return unusable(fmt::format("{}: {}", path, pcap_geterr(capture.get())));
    return 0;
}

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

void print_page(const std::string& name) {
    std::cout << (name == "fields"  ? fields_page()
                  : name == "notes" ? notes_page()
                                    : capture_items_table());
    throw CLI::Success{};
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Decodes MeshCore frames: hex or captures in, text or JSON out."};
    app.set_version_flag("--version", "meshcore-decode " MESHCORE_VERSION);
    std::string keys_path;
    std::string format = "text";
    std::vector<std::string> inputs;
    app.add_option("--keys", keys_path, "TOML file with channels, identities, nodes and regions");
    app.add_option("--format", format, "text, or json: one object a line")
        ->check(CLI::IsMember({"text", "json"}));
    app.add_option_function<std::string>("--docs", print_page,
                                         "print a table of docs/, and nothing else")
        ->check(CLI::IsMember({"fields", "notes", "capture-items"}))
        ->trigger_on_parse();
    app.add_option("input", inputs, "frames in hex, capture files (pcap, pcapng), or - for hex lines")
        ->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_unusable;
    }
    if (sodium_init() < 0) return unusable("libsodium does not start");
    std::ios::sync_with_stdio(false);

    KeyFile keys;
    if (!keys_path.empty()) {
        auto loaded = load_key_file(keys_path);
        if (!loaded) return unusable(loaded.error().message);
        keys = std::move(*loaded);
        for (const std::string& warning : keys.warnings) fmt::print(stderr, "{}\n", warning);
    }
    Printer printer{keys.keys, format == "json"};
    for (const std::string& input : inputs) {
        const int result = input == "-"    ? decode_lines(printer)
                           : exists(input) ? decode_capture(printer, input)
                                           : decode_hex(printer, input, "'" + input + "'");
        if (result != 0) return result;
    }
    return 0;
}
