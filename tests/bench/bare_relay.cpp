// SPDX-License-Identifier: GPL-2.0-or-later
// bare_relay FROM TO BYTES: what the system itself takes for a packet that comes in and a message that
// goes out. Reads what comes on port FROM, sends BYTES bytes to port TO each time, and nothing else.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

int connected(const char* port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
    std::perror("connect");
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const int from = connected(argv[1]), to = connected(argv[2]);
    const std::vector<char> message(static_cast<std::size_t>(std::atoi(argv[3])), 'x');
    std::array<char, 4096> buffer;
    while (::read(from, buffer.data(), buffer.size()) > 0)
        if (::write(to, message.data(), message.size()) < 0) return 1;
}
