// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/signing.h"

#include <fmt/format.h>

#include <algorithm>

#include "extcap/radio/body.h"
#include "extcap/radio/companion_framer.h"

namespace meshcore::radio {
namespace {

constexpr std::uint8_t sign_start = 33, sign_data = 34, sign_finish = 35;
enum Answer : std::uint8_t { ok = 0, error_code = 1, sign_started = 19, signature_code = 20 };

constexpr std::size_t piece_length = 120;  // any firmware takes it
constexpr int most_attempts = 3;

/// ERR_CODE_*
std::string error_text(unsigned code) {
    switch (code) {
        case 3: return "its buffer is full (error 3)";
        case 4: return "it was interrupted, or is short of memory (error 4)";
        default: return fmt::format("it answers with error {}", code);
    }
}

}  // namespace

std::vector<std::uint8_t> Signing::command() {
    waiting_ = true;
    if (step_ == Step::start) return to_companion(std::array{sign_start});
    if (step_ == Step::finish) return to_companion(std::array{sign_finish});
    const Bytes piece = Bytes{text_}.subspan(sent_, std::min(piece_length, text_.size() - sent_));
    std::vector<std::uint8_t> body(1 + piece.size(), sign_data);
    std::copy(piece.begin(), piece.end(), body.begin() + 1);
    return to_companion(body);
}

void Signing::receive(Bytes body) {
    if (!waiting_ || result_) return;
    if (body[0] == error_code)
        refused(body);
    else if (step_ == Step::start && body[0] == sign_started)
        started(body);
    else if (step_ == Step::data && body[0] == ok)
        next();
    else if (step_ == Step::finish && body[0] == signature_code)
        finished(body);
}

void Signing::refused(Bytes body) {
    constexpr unsigned unsupported = 1;
    const unsigned code = body.size() > 1 ? body[1] : 0;
    waiting_ = false;
    if (code == unsupported && step_ == Step::start)
        result_ = fail("the radio's firmware cannot sign");
    else
        begin_anew(error_text(code));
}

void Signing::started(Bytes bytes) {
    const Body body{bytes};
    if (body.has(2, 4) && text_.size() > body.number(2, 4)) {
        waiting_ = false;
        result_ = fail(fmt::format("the radio signs {} bytes at most, and these are {}",
                                   body.number(2, 4), text_.size()));
        return;
    }
    next();
}

void Signing::next() {
    waiting_ = false;
    if (step_ == Step::data) sent_ += std::min(piece_length, text_.size() - sent_);
    step_ = sent_ < text_.size() ? Step::data : Step::finish;
}

void Signing::finished(Bytes body) {
    Signature signature;
    waiting_ = false;
    if (body.size() <= signature.size()) return begin_anew("its signature is cut off");
    std::copy_n(body.begin() + 1, signature.size(), signature.begin());
    // Another client began a text of its own in between.
    if (!verify_signature(key_, text_, signature))
        return begin_anew("its signature is one over something else");
    result_ = signature;
}

void Signing::give_up() {
    if (!waiting_ || result_) return;
    waiting_ = false;
    begin_anew("it does not answer");
}

void Signing::begin_anew(const std::string& why) {
    if (attempts_++ == most_attempts) {
        result_ = fail(fmt::format("the radio does not sign: {}, tried {} times", why, most_attempts));
        return;
    }
    step_ = Step::start;
    sent_ = 0;
}

}  // namespace meshcore::radio
