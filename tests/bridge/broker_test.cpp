// SPDX-License-Identifier: GPL-2.0-or-later
// The state machine of one broker against a server that hangs up a thousand times.
#include "bridge/mqtt/broker.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <map>

namespace meshcore::bridge {
namespace {

using Tcp = boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Takes every message of QoS 0, one connection after the other; hangs up when it is told to.
class Server {
public:
    Server() : acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}} {
        thread_ = std::thread{[this] { run(); }};
    }
    ~Server() {
        {
            const std::lock_guard lock{mutex_};
            ended_ = true;
        }
        hang_up();
        Tcp::socket knock{io_};
        boost::system::error_code ignored;
        knock.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void hang_up() {
        const std::lock_guard lock{mutex_};
        boost::system::error_code ignored;
        if (connection_) connection_->shutdown(Tcp::socket::shutdown_both, ignored);
    }
    /// How often each payload came.
    std::map<std::string, int> got() const {
        const std::lock_guard lock{mutex_};
        return got_;
    }
    bool wait_for(std::size_t different) const {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, seconds{60}, [&] { return got_.size() >= different; });
    }

private:
    void run() {
        for (;;) {
            auto connection = std::make_shared<Tcp::socket>(io_);
            acceptor_.accept(*connection);
            {
                const std::lock_guard lock{mutex_};
                if (ended_) return;
                connection_ = connection;
            }
            try {
                for (;;) take(*connection);
            } catch (const boost::system::system_error&) {
            }
        }
    }

    static std::string read(Tcp::socket& socket, std::size_t count) {
        std::string bytes(count, '\0');
        boost::asio::read(socket, boost::asio::buffer(bytes));
        return bytes;
    }

    void take(Tcp::socket& socket) {
        const auto first = static_cast<unsigned char>(read(socket, 1)[0]);
        std::size_t length = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(read(socket, 1)[0]);
            length |= static_cast<std::size_t>(byte & 0x7F) << shift;
            if (byte < 0x80) break;
        }
        const std::string body = read(socket, length);
        if (first >> 4 == 1) {
            constexpr char accepted[] = {0x20, 2, 0, 0};
            boost::asio::write(socket, boost::asio::buffer(accepted));
        } else if (first >> 4 == 3) {
            const auto topic = static_cast<std::size_t>(static_cast<unsigned char>(body[1]));
            const std::lock_guard lock{mutex_};
            ++got_[body.substr(2 + topic)];
            changed_.notify_all();
        }
    }

    boost::asio::io_context io_;
    Tcp::acceptor acceptor_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::shared_ptr<Tcp::socket> connection_;
    std::map<std::string, int> got_;
    bool ended_ = false;
    std::thread thread_;
};

/// Connected to a server, and waiting for changes of its state.
class Station {
public:
    explicit Station(std::uint16_t port, const std::string& status = "",
                     milliseconds second_status = seconds{60}, milliseconds patience = seconds{60}) {
        auto config = std::make_shared<BrokerConfig>();
        config->name = "test";
        config->server = "127.0.0.1";
        config->port = port;
        config->keepalive = seconds{60};
        config->topics = {status, "packets", ""};
        Outbox::Options outbox;
        outbox.store = std::make_unique<MemoryStore>(100000);
        outbox.room = 100000;
        outbox.replay_rate = 0;
        Broker::Options options;
        options.format = find_format("letsmesh")->make(Config{}, *config);
        options.config = std::move(config);
        options.client_id = [](const Observer&) { return "test"; };
        options.outbox = std::make_unique<Outbox>(std::move(outbox));
        options.on_change = [this] {
            const bool online = broker->report().online;
            const std::lock_guard lock{mutex_};
            if (online_ && !online) ++losses_;
            online_ = online;
            changed_.notify_all();
        };
        options.patience = patience;
        options.second_status = options.status_interval = second_status;
        options.first_pause = options.longest_pause = milliseconds{1};
        broker = std::make_unique<Broker>(std::move(options));
        Observer observer;
        observer.key = std::string(64, 'A');
        broker->observe(std::make_shared<const Observer>(observer));
    }
    ~Station() { broker.reset(); }

    bool wait_until_online() {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, seconds{60}, [&] { return online_; });
    }
    bool wait_for_losses(int count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, seconds{60}, [&] { return losses_ >= count; });
    }
    void publish(int number, int qos = 0) {
        broker->publish({"packets", std::to_string(number), qos, false});
    }

    std::unique_ptr<Broker> broker;

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool online_ = false;
    int losses_ = 0;
};

TEST(Broker, AThousandReconnectsMultiplyNothing) {
    Server hangs_up, stays;
    Station restless{hangs_up.port()}, calm{stays.port()};
    ASSERT_TRUE(restless.wait_until_online() && calm.wait_until_online());
    int number = 0;
    const auto publish = [&] {
        restless.publish(number);
        calm.publish(number);
        ++number;
    };
    for (int round = 0; round < 1000; ++round) {
        publish();  // over a healthy connection
        ASSERT_TRUE(hangs_up.wait_for(static_cast<std::size_t>(number))) << round;
        hangs_up.hang_up();
        ASSERT_TRUE(restless.wait_for_losses(round + 1)) << round;
        publish();  // while there is none
        ASSERT_TRUE(restless.wait_until_online()) << round;
    }
    ASSERT_TRUE(hangs_up.wait_for(2000) && stays.wait_for(2000));
    for (const auto& got : {hangs_up.got(), stays.got()}) {
        EXPECT_EQ(got.size(), 2000U);
        for (const auto& [payload, times] : got) EXPECT_EQ(times, 1) << payload;
    }
    EXPECT_EQ(restless.broker->report().dropped, 0U);
}

/// One that answers everything but acknowledges nothing is left, and what it got is not done.
TEST(Broker, LeavesWhoNeverAcknowledges) {
    Server server;
    Station station{server.port(), "", seconds{60}, milliseconds{50}};
    ASSERT_TRUE(station.wait_until_online());
    station.publish(1, 1);
    ASSERT_TRUE(station.wait_for_losses(3));
    EXPECT_EQ(station.broker->report().waiting, 1U);
}

/// At once, since a will of the last connection may come behind it a second time, and then regularly.
TEST(Broker, SaysThatItIsOnlineAgainAndAgain) {
    Server server;
    Station station{server.port(), "status", milliseconds{20}};
    ASSERT_TRUE(server.wait_for(4));
    for (const auto& [payload, times] : server.got()) {
        EXPECT_EQ(times, 1) << payload;  // each has its own time
        EXPECT_NE(payload.find("\"status\":\"online\""), std::string::npos) << payload;
    }
    server.hang_up();
    ASSERT_TRUE(station.wait_for_losses(1) && station.wait_until_online());
    const std::size_t before = server.got().size();
    ASSERT_TRUE(server.wait_for(before + 2));
}

}  // namespace
}  // namespace meshcore::bridge
