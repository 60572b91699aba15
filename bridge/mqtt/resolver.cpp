// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/resolver.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>

namespace meshcore::bridge {
namespace {

Result<std::vector<std::string>> look_up(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int problem = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); problem != 0)
        return fail(fmt::format("cannot find host {}: {}", host, ::gai_strerror(problem)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner{found, &::freeaddrinfo};
    std::vector<std::string> addresses;
    for (const addrinfo* info = found; info; info = info->ai_next) {
        char text[NI_MAXHOST];
        if (::getnameinfo(info->ai_addr, info->ai_addrlen, text, sizeof text, nullptr, 0,
                          NI_NUMERICHOST) == 0)
            addresses.emplace_back(text);
    }
    return addresses;
}

}  // namespace

void Resolver::start(const std::string& host, int wake) {
    shared_ = std::make_shared<Shared>();
    std::thread{[shared = shared_, host, wake] {
        auto answer = look_up(host);
        {
            const std::lock_guard lock{shared->mutex};
            shared->answer = std::move(answer);
        }
        ::eventfd_write(wake, 1);
        ::close(wake);
    }}.detach();
}

std::optional<Result<std::vector<std::string>>> Resolver::take() {
    if (!shared_) return std::nullopt;
    const std::lock_guard lock{shared_->mutex};
    auto answer = std::move(shared_->answer);
    shared_->answer.reset();
    return answer;
}

}  // namespace meshcore::bridge
