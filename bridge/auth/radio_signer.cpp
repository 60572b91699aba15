// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/auth/radio_signer.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace meshcore::bridge {

void RadioSigner::ask(Request request) {
    boost::asio::post(io_, [self = shared_from_this(), request = std::move(request)]() mutable {
        self->take(std::move(request));
    });
}

void RadioSigner::connected(radio::Session& session) {
    session_ = &session;
    there_ = true;
    for (const Request& request : std::exchange(waiting_, {})) pass_on(request);
}

void RadioSigner::gone() {
    session_ = nullptr;
    there_ = false;
}

void RadioSigner::take(Request request) {
    if (session_) return pass_on(request);
    if (request.patient) {
        std::erase_if(waiting_, [](const Request& other) { return other.answer.expired(); });
        waiting_.push_back(std::move(request));
    } else if (const auto answer = request.answer.lock()) {
        answer->give(fail("the radio, which is to sign the login token, is not connected"));
    }
}

void RadioSigner::pass_on(const Request& request) {
    if (request.answer.expired()) return;
    std::string to_sign = token_to_sign(request.key, request.claims());
    std::vector<std::uint8_t> bytes{to_sign.begin(), to_sign.end()};
    session_->sign(request.key, std::move(bytes),
                   [self = shared_from_this(), request, to_sign](const Result<Signature>& signature) {
                       // Not the radio's fault: it has been unplugged, or is to be opened anew.
                       if (!self->session_ && !signature) return self->take(request);
                       const auto answer = request.answer.lock();
                       if (!answer) return;
                       if (signature)
                           answer->give(finish_token(request.key, to_sign, *signature));
                       else
                           answer->give(fail("no login token: " + signature.error().message));
                   });
}

}  // namespace meshcore::bridge
