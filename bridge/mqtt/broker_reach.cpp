// SPDX-License-Identifier: GPL-2.0-or-later
// How a broker is reached: the radio's signature; its addresses one after the other, or the tunnel;
// then its answer to CONNECT.
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>

#include "bridge/auth/token.h"
#include "bridge/mqtt/broker.h"
#include "bridge/mqtt/clock.h"
#include "bridge/mqtt/login.h"
#include "bridge/mqtt/proxy.h"
#include "bridge/mqtt/reason.h"

namespace meshcore::bridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds connect_timeout = seconds{10};  // for each address
constexpr milliseconds tunnel_timeout = seconds{30};   // for connecting and handshakes
constexpr milliseconds greeting_timeout = seconds{20};
/// A token that the radio has signed serves that much later if the broker could not be reached.
constexpr seconds longest_token_age = std::chrono::minutes{5};

}  // namespace

bool Broker::clock_is_right() {
    const auto now = std::chrono::system_clock::now();
    if (bridge::clock_is_right(now)) return true;
    static std::atomic<bool> told = false;
    if (!told.exchange(true))
        spdlog::warn(
            "the clock says {}, which cannot be: what is heard is kept, and brokers have to wait "
            "until the clock is set",
            claim_time(std::chrono::floor<seconds>(now).time_since_epoch().count()));
    enter(State::asleep, clock_pause_.next());
    return false;
}

void Broker::begin() {
    if (!clock_is_right()) return;
    auto known = observer();
    if (observer_ && known->key != observer_->key) radio_token_.clear();
    observer_ = std::move(known);
    if (!ask_radio()) resolve();
}

/// False if there is nothing to be signed by it.
bool Broker::ask_radio() {
    if (!options_.radio_signer || config().auth.effective() != AuthMethod::token) return false;
    if (!radio_token_.empty() && steady_clock::now() < radio_token_until_) return false;
    radio_token_.clear();
    const auto key = observer_->public_key();
    if (!key) return false;
    const bool patient = !options_.signing_key;
    token_answer_ = std::make_shared<Answer<std::string>>(::fcntl(wake_, F_DUPFD_CLOEXEC, 0));
    options_.radio_signer->ask(
        {*key, [config = options_.config] { return fresh_claims(*config); }, patient, token_answer_});
    state_ = State::signing;
    forget_deadline();  // the radio's session has its own
    const std::lock_guard lock{mutex_};
    report_.needs_radio = patient;
    if (patient && !options_.radio_signer->radio_is_there())
        spdlog::info("broker {}: waits for the radio, which is to sign the login", config().name);
    return true;
}

void Broker::radio_signed() {
    auto token = token_answer_->take();
    if (!token) return;
    token_answer_.reset();
    {
        const std::lock_guard lock{mutex_};
        report_.needs_radio = false;
    }
    if (*token) {
        const seconds life = config().auth.token_ttl.value_or(longest_token_age * 2);
        radio_token_ = std::move(**token);
        radio_token_until_ = steady_clock::now() + std::min(longest_token_age, life / 2);
    } else if (options_.signing_key) {
        spdlog::warn("broker {}: {}; signing with the private key", config().name,
                     token->error().message);
    } else {
        return failed(token->error().message + " (a private key could: see token_signing)", true);
    }
    resolve();
}

void Broker::resolve() {
    state_ = State::resolving;
    forget_deadline();  // the resolver has its own
    const auto proxy = parse_proxy(config().proxy);
    resolver_.start(proxy ? proxy->host : config().server, ::fcntl(wake_, F_DUPFD_CLOEXEC, 0));
}

void Broker::resolved() {
    auto found = resolver_.take();
    if (!found) return;
    if (!*found) return failed(found->error().message);
    addresses_ = std::move(**found);
    reach();
}

void Broker::reach() {
    if (!Tunnel::needed(config())) return try_next_address();
    enter(State::connecting, tunnel_timeout);
    tunnel_ = std::make_unique<Tunnel>(config(), std::exchange(addresses_, {}), wake_);
}

void Broker::reached(bool late) {
    if (client_ && (readable_ || writable_)) return connected();
    if (tunnel_ && !client_ && !tunnel_->error() && !late) return enter_tunnel();
    if (tunnel_ && !client_) return failed("no answer");
    if (late) failed(fmt::format("no answer from {} port {}", address_, config().port));
}

void Broker::enter_tunnel() {
    const auto path = tunnel_->ready();
    if (!path || !make_client()) return;
    if (const auto opened = client_->open(*path, 0); !opened) failed(opened.error().message);
}

void Broker::try_next_address() {
    if (addresses_.empty()) return failed("no address left to try");
    address_ = addresses_.front();
    addresses_.erase(addresses_.begin());
    if (!make_client()) return;
    enter(State::connecting, connect_timeout);
    if (const auto opened = client_->open(address_, config().port); !opened)
        failed(opened.error().message);
}

bool Broker::make_client() {
    Client::Login login;
    login.client_id = options_.client_id(*observer_);
    const std::string* radio_token = radio_token_.empty() ? nullptr : &radio_token_;
    if (const auto known = log_in(config(), options_.signing_key.get(), radio_token, *observer_, login);
        !known) {
        failed(known.error().message, true);
        return false;
    }
    if (options_.tells_presence)
        if (auto will = format().status(*observer_, Presence::lost, {}, nullptr))
            login.will = with_token(std::move(*will));
    login.keepalive = static_cast<int>(config().keepalive->count());
    login.version = config().mqtt_version;
    client_ = std::make_unique<Client>(login);
    return true;
}

void Broker::connected() {
    int problem = 0;
    socklen_t size = sizeof problem;
    ::getsockopt(client_->socket(), SOL_SOCKET, SO_ERROR, &problem, &size);
    if (problem != 0) return failed(std::strerror(problem));
    addresses_.clear();
    radio_token_.clear();  // CONNECT is on its way
    enter(State::greeting, greeting_timeout);
    greeted(false);
}

void Broker::greeted(bool late) {
    client_->service(readable_, writable_);
    const auto code = client_->connack();
    if (code && *code != 0)
        return failed(refusal_text(config().mqtt_version, *code),
                      is_login_refusal(config().mqtt_version, *code));
    if (client_->closed()) return failed(*client_->closed());
    if (code) return welcome();
    if (late) failed("the broker takes the connection but says nothing");
}

void Broker::welcome() {
    state_ = State::online;
    forget_deadline();
    login_pause_.reset();
    online_since_ = steady_clock::now();
    {
        const std::lock_guard lock{mutex_};
        report_.online = true;
        ++report_.connections;
        report_.failed = false;
    }
    spdlog::info("broker {}: connected to {} port {}, {} waiting", config().name, config().server,
                 config().port, outbox_.size());
    outbox_.online(std::chrono::floor<seconds>(std::chrono::system_clock::now()));
    publish_status(Presence::online);
    next_status_ = online_since_ + options_.second_status;
    serve();
    options_.on_change();
}

}  // namespace meshcore::bridge
