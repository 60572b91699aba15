// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/keys.h"

#include <sys/stat.h>

#include <exception>
#include <string>

#include "dissector/keys/key_file.h"
#include "dissector/wireshark/key_tables.h"

namespace meshcore::plugin {
namespace {

const char* key_file_path = "";

/// What tells one state of the file from another.
struct Stamp {
    std::string path;
    bool exists = false;
    ino_t inode = 0;
    off_t size = 0;
    timespec modified{};

    bool operator==(const Stamp& other) const {
        return path == other.path && exists == other.exists && inode == other.inode &&
               size == other.size && modified.tv_sec == other.modified.tv_sec &&
               modified.tv_nsec == other.modified.tv_nsec;
    }
};

Stamp stamp_of(const std::string& path) {
    Stamp stamp{.path = path};
    struct stat status {};
    if (path.empty() || stat(path.c_str(), &status) != 0) return stamp;
    stamp.exists = true;
    stamp.inode = status.st_ino;
    stamp.size = status.st_size;
    stamp.modified = status.st_mtim;
    return stamp;
}

struct Keys {
    Keyring of_file;
    Keyring ring;  ///< of the file and of the tables
    Stamp stamp;
};

Keys& keys() {
    static Keys instance;
    return instance;
}

/// Reports what is wrong.
Keyring load(const std::string& path) {
    if (path.empty()) return {};
    Result<KeyFile> file = load_key_file(path);
    if (!file) {
        report_failure("MeshCore: %s", file.error().message.c_str());
        return {};
    }
    std::string warnings;
    for (const std::string& warning : file->warnings) {
        if (!warnings.empty()) warnings += "\n";
        warnings += "MeshCore: " + warning;
    }
    if (!warnings.empty()) report_warning("%s", warnings.c_str());
    return std::move(file->keys);
}

}  // namespace

void register_key_preferences(module_t* module) {
    prefs_register_filename_preference(
        module, "key_file", "Key file",
        "TOML file with the channels, identities, nodes and regions that you know; the same for "
        "meshcore-decode and meshcore-bridge. It is read again when it changes.",
        &key_file_path, FALSE);
    register_key_tables(module);
}

const Keyring& keyring() {
    return keys().ring;
}

void refresh_keys() {
    try {
        Keys& own = keys();
        Stamp stamp = stamp_of(key_file_path ? key_file_path : "");
        const bool same_file = stamp == own.stamp;
        const bool same_tables = !refresh_key_tables();
        if (same_file && same_tables) return;
        if (!same_file) {
            own.stamp = std::move(stamp);
            own.of_file = load(own.stamp.path);
        }
        own.ring = own.of_file;
        add_table_keys(own.ring);
    } catch (const std::exception& error) {
        report_failure("MeshCore: cannot load the keys: %s", error.what());
    }
}

}  // namespace meshcore::plugin
