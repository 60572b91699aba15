// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/text_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "extcap/radio/log_mender.h"
#include "extcap/radio/log_query.h"

namespace meshcore::radio {
namespace {

/// Other tasks of the node have kept an RX line back for two seconds.
constexpr std::chrono::seconds longest_wait{5};

/// A RAW line has 538 characters at most; it can follow another writer's without a line end.
constexpr std::size_t longest_line = 4096, kept_of_longer = 1024;
constexpr std::size_t most_others = 64, longest_others = 8192;

std::optional<std::vector<std::uint8_t>> whole_frame(std::string_view text) {
    if (text.size() > 2 * 255 || leading_hex(text).size() != text.size()) return std::nullopt;
    auto frame = from_hex(text);
    return frame && !frame->empty() ? std::move(frame) : std::nullopt;
}

/// The whole bytes before the cut.
std::vector<std::uint8_t> before_cut(std::string_view text) {
    const std::size_t digits = leading_hex(text).size() - overhang(text);
    return from_hex(text.substr(0, std::min<std::size_t>(digits / 2, 255) * 2)).value();
}

}  // namespace

std::span<const Query> TextLog::queries() const {
    return log_queries();
}

void TextLog::asked(std::size_t index) {
    waiting_for_ = index;
    echoed_.reset();
}

std::chrono::milliseconds TextLog::patience() const {
    return longest_wait;
}

void TextLog::receive(Bytes bytes, Record::Time time, const OnRecord& on_record) {
    counters_.bytes += bytes.size();
    for (const std::uint8_t byte : bytes) {
        if (byte != '\r' && byte != '\n') {
            line_ += static_cast<char>(byte);
            if (line_.size() < longest_line) continue;
            line_.erase(0, line_.size() - kept_of_longer);
            counters_.junk += longest_line - kept_of_longer;
        } else if (!line_.empty()) {
            line(time, on_record);
            line_.clear();
        }
    }
    if (raw_ && time - raw_->time > longest_wait) hand_out_held(on_record);
}

void TextLog::give_up_incomplete(Record::Time, const OnRecord& on_record) {
    hand_out_held(on_record);
    if (line_.empty()) return;
    keep();
    line_.clear();
}

void TextLog::reconnected() {
    line_.clear();
    raw_.reset();
    forget_others();
    waiting_for_.reset();
    echoed_.reset();
}

void TextLog::line(Record::Time time, const OnRecord& on_record) {
    const LogLine parsed = parse_log_line(line_);
    bool known = true;
    std::visit(
        [this](const auto& logged) {
            if constexpr (requires { logged.clock; })
                recognized_ = recognized_ || logged.clock.has_value();
        },
        parsed);
    if (const auto* raw_line = std::get_if<RawLine>(&parsed))
        raw(*raw_line, time, on_record);
    else if (const auto* rx_line = std::get_if<RxLine>(&parsed))
        known = rx(*rx_line, time, on_record);
    else if (const auto* tx_line = std::get_if<TxLine>(&parsed))
        tx(*tx_line, time, on_record);
    else
        known = reply_or_boot_line();
    if (known)
        ++counters_.messages;
    else
        keep();
}

void TextLog::raw(const RawLine& raw, Record::Time time, const OnRecord& on_record) {
    hand_out_held(on_record);
    forget_others();
    raw_ = Raw{time, raw.clock, std::string{raw.text}};
}

bool TextLog::rx(const RxLine& rx, Record::Time time, const OnRecord& on_record) {
    const auto frame = raw_ ? whole_frame(raw_->text) : std::nullopt;
    if (!rx.hash) {
        // Old firmware, or a line of the log that the node stored some time ago.
        const bool same_time =
            raw_ && (!raw_->clock || !rx.clock ||
                     (rx.clock >= raw_->clock && *rx.clock - *raw_->clock <= longest_wait));
        if (!frame || !same_time || !fits(rx, *frame)) return false;
        hand_out(raw_->time, raw_->clock, *frame, &rx, false, on_record);
        return true;
    }
    const bool whole = frame && !rest_follows();
    if (whole && proves(rx, *frame)) {
        hand_out(raw_->time, raw_->clock, *frame, &rx, false, on_record);
        return true;
    }
    const bool begins_first = raw_ && !leading_hex(raw_->text).empty();
    std::vector<std::string> texts = others_;
    if (raw_) texts.insert(texts.begin(), raw_->text);
    if (const auto mended = mend(rx, texts, begins_first)) {
        hand_out(raw_ ? raw_->time : time, raw_ ? raw_->clock : rx.clock, *mended, &rx, true,
                 on_record);
        return true;
    }
    if (whole && fits(rx, *frame)) {
        hand_out(raw_->time, raw_->clock, *frame, &rx, true, on_record);
        return true;
    }
    hand_out_held(on_record, true);
    forget_others();
    return true;
}

void TextLog::tx(const TxLine& tx, Record::Time time, const OnRecord& on_record) {
    hand_out_held(on_record);
    if (tx.clock)
        device_.set("meshcore_radio.clock"_f,
                    static_cast<double>(tx.clock->time_since_epoch().count()));
    on_record(report(time, tx.text));
    device_.forget("meshcore_radio.clock"_f);
}

bool TextLog::reply_or_boot_line() {
    constexpr std::string_view reply_start = "  -> ";
    const std::string_view text = line_;
    if (text.starts_with(reply_start)) {
        const auto query = echoed_ ? echoed_ : waiting_for_;
        if (!query || !take_reply(device_, *query, text.substr(reply_start.size()))) return false;
        if (waiting_for_ == query) waiting_for_.reset();
        echoed_.reset();
        recognized_ = true;
        if (log_queries()[*query].name == "stats-packets")
            if (const auto count = device_.number("meshcore_radio.device.packets_received"_f))
                packets_received(*count);
        return true;
    }
    const auto& queries = log_queries();
    const auto echo = std::find_if(queries.begin(), queries.end(),
                                   [text](const Query& query) { return query.name == text; });
    if (echo == queries.end()) {
        const bool known = take_boot_line(device_, text);
        recognized_ = recognized_ || known;
        return known;
    }
    echoed_ = static_cast<std::size_t>(echo - queries.begin());
    return true;
}

void TextLog::keep() {
    counters_.junk += line_.size();
    while (!others_.empty() &&
           (others_.size() >= most_others || size_of_others_ + line_.size() > longest_others)) {
        size_of_others_ -= others_.front().size();
        others_.erase(others_.begin());
    }
    size_of_others_ += line_.size();
    others_.push_back(line_);
}

bool TextLog::rest_follows() const {
    return std::any_of(others_.begin(), others_.end(), [](const std::string& other) {
        return leading_hex(other).size() == other.size();
    });
}

void TextLog::forget_others() {
    others_.clear();
    size_of_others_ = 0;
}

void TextLog::hand_out(Record::Time time, NodeTime clock, Bytes frame, const RxLine* rx, bool repaired,
                       const OnRecord& on_record) {
    CaptureHeader header = device_.frame_header();
    if (rx) {
        header.put("meshcore_radio.snr"_f, rx->snr);
        header.put("meshcore_radio.rssi"_f, rx->rssi);
        if (rx->score) header.put("meshcore_radio.score"_f, *rx->score);
        if (rx->airtime) header.put("meshcore_radio.airtime"_f, *rx->airtime);
    }
    if (clock)
        header.put("meshcore_radio.clock"_f, static_cast<double>(clock->time_since_epoch().count()));
    if (repaired) header.set_repaired();
    ++counters_.frames;
    raw_.reset();
    forget_others();
    on_record(make_record(time, header, frame));
}

void TextLog::hand_out_held(const OnRecord& on_record, bool contradicted) {
    if (!raw_) return;
    const Raw raw = std::move(*raw_);
    raw_.reset();
    const bool cut = contradicted || rest_follows();
    const auto whole = whole_frame(raw.text);
    if (whole && !cut && raw.clock)
        return hand_out(raw.time, raw.clock, *whole, nullptr, false, on_record);
    const auto begun = whole ? *whole : before_cut(raw.text);
    if (raw.clock && is_frame(begun))
        hand_out(raw.time, raw.clock, begun, nullptr, true, on_record);
    else
        counters_.junk += raw.text.size();
}

}  // namespace meshcore::radio
