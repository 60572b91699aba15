// SPDX-License-Identifier: GPL-2.0-or-later
// What reading a configuration found out: each is a line for a person, with its place, without secrets.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace meshcore::bridge {

/// Where something was written. Line and column count from 1; 0 is unknown.
struct Position {
    Position() = default;
    Position(std::string in_file, unsigned at_line = 0, unsigned at_column = 0)
        : file{std::move(in_file)}, line{at_line}, column{at_column} {}

    std::string file;
    unsigned line = 0, column = 0;

    /// file:line:column
    std::string text() const;
    bool operator==(const Position&) const = default;
};

enum class Severity {
    note,     ///< accepted, without effect
    warning,  ///< works, though perhaps not as meant
    unknown,  ///< a key that nothing reads: --check fails, the daemon goes on
    error,    ///< a value that cannot be used
};

struct Finding {
    Severity severity;
    Position where;
    std::string text;

    std::string line() const;
    bool operator==(const Finding&) const = default;
};

class Findings {
public:
    /// The same is told once, and a note however many brokers it holds for.
    void add(Severity severity, Position where, std::string text) {
        Finding finding{severity, std::move(where), std::move(text)};
        const bool known = std::any_of(all_.begin(), all_.end(), [&](const Finding& other) {
            return other == finding || (severity == Severity::note && other.text == finding.text);
        });
        if (!known) all_.push_back(std::move(finding));
    }
    void add(Severity severity, std::string text) { add(severity, Position{}, std::move(text)); }

    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

private:
    std::vector<Finding> all_;
};

}  // namespace meshcore::bridge
