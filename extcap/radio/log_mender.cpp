// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/log_mender.h"

namespace meshcore::radio {
namespace {

/// What cut in may begin with hex digits too, as "DEBUG" and the time of day do.
constexpr std::size_t longest_overhang = 16;
constexpr std::size_t most_pieces = 3;
constexpr std::size_t most_runs = 64;
/// Steps of the search, of which a hash counts as many.
constexpr int most_steps = 100'000;
constexpr int steps_of_a_hash = 20;

struct Run {
    std::string_view hex;
    std::size_t overhang;
};

std::vector<Run> runs_of_hex(std::span<const std::string> texts) {
    std::vector<Run> runs;
    for (const std::string_view text : texts)
        for (std::size_t at = 0; at < text.size() && runs.size() < most_runs;) {
            const std::string_view run = leading_hex(text.substr(at));
            if (!run.empty()) runs.push_back({run, overhang(text.substr(at))});
            at += run.size() + 1;
        }
    return runs;
}

class Search {
public:
    Search(const RxLine& rx, std::vector<Run> runs) : rx_(rx), runs_(std::move(runs)) {}

    /// Few pieces first, and a last one that is all of its run: so the least is left to chance.
    std::optional<std::vector<std::uint8_t>> run(bool begins_first) {
        for (const bool whole : {true, false})
            for (std::size_t pieces = 2; pieces <= most_pieces; ++pieces) {
                last_is_whole_ = whole;
                steps_ = 0;
                if (begins_first ? begin(pieces) : complete(0, pieces)) return std::move(found_);
            }
        return std::nullopt;
    }

private:
    /// The first run is the beginning, unless it was cut before its first digit.
    bool begin(std::size_t pieces) {
        if (runs_.empty()) return false;
        const std::string_view first = runs_[0].hex;
        return (first.size() >= missing() && end_with(first)) || append(0, pieces) ||
               complete(1, pieces);
    }

    std::size_t missing() const { return 2 * rx_.length - hex_.size(); }

    bool complete(std::size_t next, std::size_t pieces) {
        if (pieces == 0) return false;
        for (std::size_t i = next; i < runs_.size() && ++steps_ < most_steps; ++i)
            if (runs_[i].hex.size() >= missing() ? end_with(runs_[i].hex) : append(i, pieces))
                return true;
        return false;
    }

    /// The run without what hangs over, as guessed and otherwise, and further pieces behind it.
    bool append(std::size_t index, std::size_t pieces) {
        const Run& run = runs_[index];
        if (append(run.hex.size() - run.overhang, index, pieces)) return true;
        for (std::size_t over = 0; over <= longest_overhang && over < run.hex.size(); ++over)
            if (over != run.overhang && append(run.hex.size() - over, index, pieces)) return true;
        return false;
    }

    bool append(std::size_t taken, std::size_t index, std::size_t pieces) {
        if (taken == 0 || taken >= missing()) return false;
        const std::size_t before = hex_.size();
        hex_ += runs_[index].hex.substr(0, taken);
        const bool done = complete(index + 1, pieces - 1);
        hex_.resize(before);
        return done;
    }

    bool end_with(std::string_view run) {
        if (run.size() == missing()) return last_is_whole_ && attempt(run);
        if (last_is_whole_) return false;
        return attempt(run.substr(0, missing())) || attempt(run.substr(run.size() - missing()));
    }

    bool attempt(std::string_view last) {
        steps_ += steps_of_a_hash;
        const std::size_t before = hex_.size();
        hex_ += last;
        auto frame = from_hex(hex_);
        hex_.resize(before);
        if (!frame || !proves(rx_, *frame)) return false;
        found_ = std::move(*frame);
        return true;
    }

    const RxLine& rx_;
    std::vector<Run> runs_;
    std::string hex_;
    std::vector<std::uint8_t> found_;
    bool last_is_whole_ = true;
    int steps_ = 0;
};

}  // namespace

std::optional<std::vector<std::uint8_t>> mend(const RxLine& rx, std::span<const std::string> texts,
                                              bool begins_first) {
    // Without a hash there is no proof.
    if (!rx.hash) return std::nullopt;
    return Search{rx, runs_of_hex(texts)}.run(begins_first);
}

}  // namespace meshcore::radio
