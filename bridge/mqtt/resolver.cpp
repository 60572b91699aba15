// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/resolver.h"

#include <fmt/format.h>
#include <netdb.h>

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
    answer_ = std::make_shared<Answer<std::vector<std::string>>>(wake);
    std::thread{[answer = answer_, host] { answer->give(look_up(host)); }}.detach();
}

std::optional<Result<std::vector<std::string>>> Resolver::take() {
    return answer_ ? answer_->take() : std::nullopt;
}

}  // namespace meshcore::bridge
