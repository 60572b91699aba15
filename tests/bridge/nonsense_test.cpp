// SPDX-License-Identifier: GPL-2.0-or-later
// Whatever comes from outside, damaged at random: an error with its place or success, never a crash,
// and nothing that goes on for ever. Each seed is a number, so that what fails once fails again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "bridge/auth/token.h"
#include "bridge/config/load.h"
#include "bridge/config/print.h"
#include "bridge/mqtt/client.h"
#include "bridge/mqtt/packet_guard.h"
#include "bridge/mqtt/proxy.h"
#include "dissector/core/text.h"

namespace meshcore::bridge {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t limit) {
    return limit == 0 ? 0 : random() % limit;
}

/// A few changes such as typing errors, cut files and line noise make.
std::string damaged(std::string text, Random& random) {
    const std::string_view spice = "\n\r\t\0 =:[]{}()\"'\\#;,.%$-+_09azAZ\x7f\x80\xff\xc3\xe2";
    for (std::size_t changes = 1 + below(random, 4); changes > 0 && !text.empty(); --changes) {
        const std::size_t at = below(random, text.size()), length = below(random, 40);
        switch (random() % 7) {
            case 0: text[at] = static_cast<char>(random()); break;
            case 1: text[at] = spice[below(random, spice.size())]; break;
            case 2: text.erase(at, length); break;
            case 3: text.insert(at, text.substr(below(random, text.size()), length)); break;
            case 4: text.insert(at, 1, spice[below(random, spice.size())]); break;
            case 5: std::swap(text[at], text[below(random, text.size())]); break;
            default: text.resize(at);
        }
    }
    return text;
}

std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// The keys of the peers, as one file of each dialect.
std::vector<std::string> configurations() {
    std::vector<std::string> texts;
    for (const auto& preset : std::filesystem::directory_iterator{PRESETS})
        texts.push_back(content(preset.path()));
    std::ifstream keys{TEST_DATA "/bridge/peer_keys.txt"};
    std::string ini = "[PacketCapture]\n", environment, toml, line, section;
    while (std::getline(keys, line)) {
        std::istringstream words{line};
        std::string who, where, key, value;
        words >> who >> where >> key;
        std::getline(words >> std::ws, value);
        if (who == "bot" && where == "PacketCapture") ini += key + " = " + value + '\n';
        if (who == "bot" && where == "broker") ini += "mqtt1_" + key + " = %(iata)s " + value + '\n';
        if (who == "capture") environment += "PACKETCAPTURE_" + key + "=" + value + '\n';
        if (who == "mctomqtt") {
            if (where != section) toml += where == "broker" ? "[[broker]]\n" : '[' + where + "]\n";
            section = where;
            toml += key + " = " + value + '\n';
        }
    }
    for (const std::string& text : {ini, environment, toml, toml + "[[radio]]\nname = \"roof\"\n"})
        texts.push_back(text);
    return texts;
}

void read_configuration(const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
    const Loaded loaded = load_config({path}, nullptr);
    bool wrong = false, told = false;
    for (const Finding& finding : loaded.findings) {
        const std::string line = finding.line();
        told |= line.find(path) != std::string::npos;
        EXPECT_TRUE(finding.severity != Severity::unknown || told) << line;
        if (finding.severity == Severity::unknown) {
            EXPECT_GT(finding.where.line, 0U) << line;
            EXPECT_GT(finding.where.column, 0U) << line;
        }
        EXPECT_EQ(line.find('\n'), std::string::npos) << line;
        EXPECT_EQ(clean_text(line), line);
        wrong |= finding.severity >= Severity::unknown;
    }
    EXPECT_TRUE(told || !loaded.documents.empty()) << "no word on why " << path << " cannot be read";
    EXPECT_TRUE(wrong || loaded.wrong() || !loaded.observers.empty());
    EXPECT_FALSE(print_config(loaded.documents, loaded.config, false).empty());
}

TEST(Nonsense, Configurations) {
    const std::string path = ::testing::TempDir() + "nonsense";
    for (const std::string& good : configurations()) {
        for (unsigned seed = 1; seed <= 30 && !HasFailure(); ++seed) {
            Random random{seed};
            SCOPED_TRACE(seed);
            read_configuration(path, damaged(good, random));
        }
    }
    for (unsigned seed = 1; seed <= 200 && !HasFailure(); ++seed) {
        Random random{seed};
        std::string noise(below(random, 300), '\0');
        for (char& byte : noise) byte = static_cast<char>(random() >> 8);
        for (const char* beginning : {"", "[PacketCapture]\n", "PACKETCAPTURE_", "[[broker]]\n"})
            read_configuration(path, beginning + noise);
    }
}

/// What would take for ever, or all memory, or the stack.
TEST(Nonsense, ConfigurationsThatExplode) {
    const std::string path = ::testing::TempDir() + "explosion";
    const auto repeated = [](const char* text, std::size_t times) {
        std::string result;
        while (times-- > 0) result += text;
        return result;
    };
    read_configuration(path, "[PacketCapture]\na = " + repeated("%(a)s", 50) + '\n');
    std::string doubling = "[PacketCapture]\nx0 = lol\n";
    for (int i = 1; i < 100; ++i) {
        const std::string before = "%(x" + std::to_string(i - 1) + ")s";
        doubling += 'x' + std::to_string(i) + " = " + before + before + before + before + '\n';
    }
    read_configuration(path, doubling);
    read_configuration(path, "x = " + repeated("[", 100'000) + '\n');
    read_configuration(path, "x = " + repeated("{a=", 100'000) + '\n');
    read_configuration(path, repeated("a.", 200'000) + "a = 1\n");
    read_configuration(path, '[' + repeated("a.", 200'000) + "a]\n");
    read_configuration(path, "x = \"" + repeated("y", 500'000) + "\"\n");
    read_configuration(path, repeated("[[broker]]\n", 2'000));
}

TEST(Nonsense, Tokens) {
    const auto key = SigningKey::from_text(std::string(64, '7'));
    ASSERT_TRUE(key);
    Claims claims;
    claims.issued = 1'800'000'000;
    claims.expires = claims.issued + 60;
    claims.audience = "mqtt.example.org";
    const auto good = mint(*key, claims);
    ASSERT_TRUE(good);
    ASSERT_TRUE(read_token(*good)->signature_ok);
    for (unsigned seed = 1; seed <= 5000; ++seed) {
        Random random{seed};
        const std::string text = damaged(*good, random);
        const auto token = read_token(text);
        if (!token) {
            EXPECT_THAT(token.error().message, HasSubstr("token"));
        } else if (token->signature_ok) {
            EXPECT_EQ(token->audience, claims.audience) << text;
        }
    }
}

/// Packets of a broker that speaks MQTT 5, with and without properties.
std::string broker_words(Random& random) {
    using namespace std::string_literals;
    static const std::vector<std::string> packets{
        "\x20\x03\x00\x00\x00"s,
        "\x20\x16\x00\x00\x13\x21\x00\x05\x27\x00\x00\x10\x00\x12\x00\x01z\x26\x00\x01n\x00\x01v"s,
        "\x40\x02\x00\x01"s,
        "\x40\x04\x00\x01\x00\x00"s,
        "\x50\x08\x00\x02\x10\x04\x1f\x00\x01r"s,
        "\x62\x02\x00\x03"s,
        "\x70\x02\x00\x04"s,
        "\x90\x04\x00\x05\x00\x00"s,
        "\xb0\x04\x00\x06\x00\x00"s,
        "\xd0\x00"s,
        "\x30\x07\x00\x01t\x02\x01\x01p"s,
        "\x34\x09\x00\x01t\x00\x07\x03\x23\x00\x01"s,
        "\xe0\x02\x8b\x00"s,
        "\xf0\x05\x18\x03\x15\x00\x00"s};
    std::string words = packets[below(random, 2)];
    for (std::size_t count = below(random, 6); count > 0; --count)
        words += packets[below(random, packets.size())];
    return words;
}

TEST(Nonsense, BrokersInPieces) {
    for (unsigned seed = 1; seed <= 5000; ++seed) {
        Random random{seed};
        std::string words = broker_words(random);
        const bool good = random() % 4 == 0;
        if (!good) words = damaged(words, random);
        for (const MqttVersion version : {MqttVersion::v311, MqttVersion::v5}) {
            PacketGuard guard{version};
            const auto taken = guard.take(words);
            EXPECT_TRUE(!good || (taken && *taken == words)) << seed;
            const std::string whole{taken.value_or("")};
            PacketGuard other{version};
            std::string pieces;
            bool broken = false;
            for (std::size_t at = 0, size = 0; at < words.size() && !broken; at += size) {
                size = 1 + below(random, 9);
                const auto piece = other.take(std::string_view{words}.substr(at, size));
                broken = !piece;
                if (piece) pieces += *piece;
            }
            EXPECT_EQ(broken, !taken) << seed;
            EXPECT_TRUE(!taken || pieces == whole) << seed;
        }
    }
}

/// A listening Unix socket that the library connects to, as the tunnel's.
class Door {
public:
    Door() : path_{::testing::TempDir() + "door" + std::to_string(::getpid())} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.copy(address.sun_path, sizeof address.sun_path - 1);
        ::unlink(path_.c_str());
        listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ::listen(listener_, 4);
    }
    ~Door() {
        ::close(listener_);
        ::unlink(path_.c_str());
    }
    const std::string& path() const { return path_; }
    int accept() const { return ::accept(listener_, nullptr, nullptr); }

private:
    std::string path_;
    int listener_;
};

/// What the guard lets through, the library survives; with messages of ours under way.
TEST(Nonsense, BrokersAndTheLibrary) {
#ifdef __SANITIZE_ADDRESS__
    // libmosquitto 2.0 itself forgets a few bytes of a packet that it refuses.
    const __lsan::ScopedDisabler theirs;
#endif
    const Door door;
    for (unsigned seed = 1; seed <= 1500; ++seed) {
        Random random{seed};
        const std::string words = damaged(broker_words(random), random);
        Client::Login login;
        login.client_id = "nonsense";
        login.version = seed % 3 == 0 ? MqttVersion::v311 : MqttVersion::v5;
        Client client{login};
        ASSERT_TRUE(client.open(door.path(), 0));
        const int broker = door.accept();
        PacketGuard guard{login.version};
        for (std::size_t at = 0; at < words.size() && !client.closed(); at += 8) {
            const auto packets = guard.take(std::string_view{words}.substr(at, 8));
            if (!packets) break;
            ::send(broker, packets->data(), packets->size(), MSG_NOSIGNAL);
            pollfd watched{client.socket(), POLLIN, 0};
            for (int round = 0; round < 20 && !client.closed() && ::poll(&watched, 1, 0) > 0; ++round)
                client.service(true, true);
            for (int qos = 0; qos <= 2 && !client.closed(); ++qos)
                client.publish({"a/topic", std::string(random() % 40, 'x'), qos, false});
            client.take_published();
        }
        ::close(broker);
    }
}

/// Through the proxy or an error in words, whatever it answers.
TEST(Nonsense, Proxies) {
    namespace asio = boost::asio;
    using asio::ip::tcp;
    using namespace std::string_literals;
    asio::io_context io;
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    for (unsigned seed = 1; seed <= 1000; ++seed) {
        Random random{seed};
        const bool http = seed % 2 == 0;
        const std::string answer = damaged(http ? "HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n"s
                                                : "\x05\x00\x05\x00\x00\x03\x04host\x00\x50"s,
                                           random);
        tcp::socket ours{io};
        ours.connect(acceptor.local_endpoint());
        tcp::socket theirs = acceptor.accept();
        const auto proxy = parse_proxy((http ? "http" : "socks5") + "://127.0.0.1:1"s);
        ASSERT_TRUE(proxy);
        asio::write(theirs, asio::buffer(answer));
        theirs.shutdown(tcp::socket::shutdown_send);
        int told = 0;
        std::string why;
        pass_proxy(ours, *proxy, "broker.example", 1883, [&](const std::string& text) {
            ++told;
            why = text;
        });
        io.restart();
        io.run();
        EXPECT_EQ(told, 1) << seed;
        EXPECT_TRUE(why.empty() || why.find("the proxy") == 0) << why;
    }
}

}  // namespace
}  // namespace meshcore::bridge
