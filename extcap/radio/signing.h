// SPDX-License-Identifier: GPL-2.0-or-later
// A signature that a companion makes with its own private key, without the I/O: SIGN_START, SIGN_DATA
// for each piece of the text, SIGN_FINISH, each written when the one before is answered. The radio
// holds one such text for all its clients. If another client spoils it, or an answer is lost, it begins
// anew; a START discards what was there.
//
//   SIGN_START   21              answer 13 00, greatest length of a text (u32 LE, 8192)
//   SIGN_DATA    22, piece       answer 00, or 01 03 (too long), 01 04 (not started, or out of memory)
//   SIGN_FINISH  23              answer 14, signature (64), or 01 04
//
// Source: firmware examples/companion_radio/MyMesh.cpp (handleCmdFrame, CMD_SIGN_START and following).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dissector/core/crypto.h"
#include "dissector/core/result.h"

namespace meshcore::radio {

class Signing {
public:
    /// `key` is the radio's public key: a signature that does not fit it was made over something else.
    Signing(const PublicKey& key, Bytes text) : key_(key), text_(text.begin(), text.end()) {}

    /// What to write now; its answer is waited for.
    std::vector<std::uint8_t> command();
    bool answered() const { return !waiting_; }

    /// A message of the radio. Whatever is no answer to the last command has no effect.
    void receive(Bytes body);
    /// The last command will not be answered any more.
    void give_up();

    /// Signature or error, once it is over.
    const std::optional<Result<Signature>>& result() const { return result_; }

private:
    void refused(Bytes body);
    void started(Bytes body);
    void finished(Bytes body);
    void next();
    void begin_anew(const std::string& why);

    enum class Step { start, data, finish };

    PublicKey key_;
    std::vector<std::uint8_t> text_;
    Step step_ = Step::start;
    std::size_t sent_ = 0;  // of the text, and taken by the radio
    bool waiting_ = false;
    int attempts_ = 1;
    std::optional<Result<Signature>> result_;
};

}  // namespace meshcore::radio
