// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/config/load.h"

#include <algorithm>
#include <filesystem>

namespace meshcore::bridge {
namespace {

constexpr const char* own_folder = "/etc/meshcore-bridge";

std::vector<std::string> own_files() {
    namespace fs = std::filesystem;
    std::error_code none;
    std::vector<std::string> files, overlays;
    const fs::path main = fs::path{own_folder} / "config.toml";
    if (fs::exists(main, none)) files.push_back(main.string());
    for (const auto& file : fs::directory_iterator{fs::path{own_folder} / "config.d", none})
        if (file.path().extension() == ".toml") overlays.push_back(file.path().string());
    std::sort(overlays.begin(), overlays.end());
    files.insert(files.end(), overlays.begin(), overlays.end());
    return files;
}

}  // namespace

bool is_usable(const Config& config) {
    const bool writes = config.enabled && !config.output.file.empty();
    return !config.unusable && (writes || std::any_of(config.brokers.begin(), config.brokers.end(),
                                                      [](const BrokerConfig& broker) {
                                                          return broker.enabled && !broker.refused;
                                                      }));
}

bool Loaded::unusable() const {
    return config.unusable || std::none_of(observers.begin(), observers.end(), is_usable);
}

bool Loaded::wrong() const {
    return unusable() || !std::all_of(observers.begin(), observers.end(), is_usable) ||
           std::any_of(findings.begin(), findings.end(),
                       [](const Finding& finding) { return finding.severity >= Severity::unknown; });
}

std::vector<Document> read_documents(std::vector<std::string> paths, const char* const* environment,
                                     Findings& findings) {
    if (paths.empty()) paths = own_files();
    std::vector<Document> documents;
    for (const std::string& path : paths) {
        auto document = read_document(path, findings);
        if (document)
            documents.push_back(std::move(*document));
        else
            findings.add(Severity::error, document.error().message);
    }
    if (paths.empty()) {
        documents.push_back(read_environment(environment));
        if (documents.back().brokers.empty())
            findings.add(Severity::error,
                         std::string{"no configuration: give --config FILE, or write "} + own_folder +
                             "/config.toml, or set PACKETCAPTURE_MQTT1_ENABLED and its kin");
    }
    return documents;
}

Loaded load_config(std::vector<std::string> paths, const char* const* environment) {
    Loaded loaded;
    loaded.documents = read_documents(std::move(paths), environment, loaded.findings);
    for (const Document& document : loaded.documents) apply(document, loaded.config, loaded.findings);
    loaded.observers = split_radios(loaded.config, loaded.documents, loaded.findings);
    if (loaded.observers.empty()) {
        complete(loaded.config, loaded.findings);
        loaded.observers.push_back(loaded.config);
    }
    wipe(loaded.config.private_key);
    return loaded;
}

}  // namespace meshcore::bridge
