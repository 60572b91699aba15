// SPDX-License-Identifier: GPL-2.0-or-later
// Filters over our own fields, as capture filter and in the bridge:
//   type = 'advert' or (type = 'grp_txt' and snr > -10)
// The expressions are SQLite's, so that nobody has to learn, or keep, a language of ours;
// docs/filters.md describes them for users. A field that a packet lacks is NULL, and what is NULL or 0
// does not match.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dissector/core/dissection.h"
#include "dissector/core/result.h"

namespace meshcore::filter {

class PacketFilter {
public:
    /// An error is one line that names the expression and what is wrong with it.
    static Result<PacketFilter> compile(const std::string& expression);
    ~PacketFilter();
    PacketFilter(PacketFilter&&) noexcept;
    PacketFilter& operator=(PacketFilter&&) noexcept;

    /// `header` is what dissect_capture_header() left, `frame` what dissect() did.
    bool matches(const Tape& header, const Dissection& frame);
    /// Dissects a record itself, with the built-in keys. A device report always matches.
    bool matches(Bytes record);

private:
    struct State;
    explicit PacketFilter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// What can be filtered on: the words, each with its help, for the docs.
struct Column {
    std::string name;
    std::string help;
};
std::vector<Column> columns();

}  // namespace meshcore::filter
