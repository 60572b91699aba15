// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/client.h"

#include <fmt/format.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "bridge/mqtt/reason.h"

namespace meshcore::bridge {
namespace {

/// The library is set up on first use and never torn down: its threads may still be under way at exit.
void initialize_library() {
    static const int once = mosquitto_lib_init();
    static_cast<void>(once);
}

const char* text_or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

}  // namespace

Client::Client(const Login& login) : keepalive_{login.keepalive}, version_{login.version} {
    initialize_library();
    client_.reset(mosquitto_new(login.client_id.c_str(), true, this));
    if (!client_) throw std::bad_alloc{};
    mosquitto* client = client_.get();
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION,
                         version_ == MqttVersion::v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
    mosquitto_max_inflight_messages_set(client, 0);  // the caller bounds what is under way
    mosquitto_username_pw_set(client, text_or_null(login.username), text_or_null(login.password));
    if (login.will)
        mosquitto_will_set(client, login.will->topic.c_str(),
                           static_cast<int>(login.will->payload.size()), login.will->payload.data(),
                           login.will->qos, login.will->retain);
    mosquitto_connect_v5_callback_set(
        client, [](mosquitto*, void* self, int code, int, const mosquitto_property* properties) {
            auto* own = static_cast<Client*>(self);
            own->connack_ = code;
            mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE,
                                          &own->longest_packet_, false);
        });
    mosquitto_publish_v5_callback_set(
        client, [](mosquitto*, void* self, int id, int reason, const mosquitto_property*) {
            static_cast<Client*>(self)->published_.push_back({id, reason});
        });
    // The broker's own goodbye, which only MQTT 5 has.
    mosquitto_disconnect_v5_callback_set(
        client, [](mosquitto*, void* self, int reason, const mosquitto_property*) {
            auto* own = static_cast<Client*>(self);
            if (own->version_ == MqttVersion::v5 && reason >= 0x80 && !own->closed_)
                own->closed_ = disconnect_text(reason);
        });
}

Result<void> Client::open(const std::string& address, int port) {
    const int result = mosquitto_connect_async(client_.get(), address.c_str(), port, keepalive_);
    if (result == MOSQ_ERR_ERRNO) return fail(std::strerror(errno));
    if (result != MOSQ_ERR_SUCCESS) return fail(mosquitto_strerror(result));
    // A peer that vanished without a word is noticed when it acknowledges nothing for so long.
    const unsigned silence = 30'000;
    ::setsockopt(socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, &silence, sizeof silence);
    return {};
}

void Client::check(int result) {
    if (result == MOSQ_ERR_SUCCESS || closed_) return;
    const int problem = errno;  // 0 at the end of the stream, in the middle of a packet
    if (result == MOSQ_ERR_CONN_LOST || (result == MOSQ_ERR_ERRNO && problem == 0))
        closed_ = connack_ ? "the broker hung up" : "the broker hung up before it answered";
    else if (result == MOSQ_ERR_ERRNO)
        closed_ = std::strerror(problem);
    else if (result == MOSQ_ERR_PROTOCOL || result == MOSQ_ERR_MALFORMED_PACKET)
        closed_ = "what the broker says is no MQTT";
    else if (result == MOSQ_ERR_KEEPALIVE)
        closed_ = "the broker does not answer any more";
    else
        closed_ = mosquitto_strerror(result);
}

void Client::service(bool readable, bool writable) {
    if (readable && !closed_) check(mosquitto_loop_read(client_.get(), 1));
    if (writable && !closed_) check(mosquitto_loop_write(client_.get(), 1));
    if (!closed_) check(mosquitto_loop_misc(client_.get()));
    if (!closed_ && socket() < 0) closed_ = "closed";
}

int Client::send(const Message& message, int& id) {
    // The library looks, too, forgets a few bytes, and ends the program when it finds out.
    constexpr std::size_t around = 16;  // header, lengths, number
    if (longest_packet_ > 0 && message.topic.size() + message.payload.size() + around > longest_packet_)
        return MOSQ_ERR_OVERSIZE_PACKET;
    int qos = message.qos;
    bool retain = message.retain;
    for (;;) {
        const int result = mosquitto_publish(client_.get(), &id, message.topic.c_str(),
                                             static_cast<int>(message.payload.size()),
                                             message.payload.data(), qos, retain);
        // An MQTT 5 broker says what it does not have: less is better than nothing.
        if (result == MOSQ_ERR_QOS_NOT_SUPPORTED && qos > 0)
            --qos;
        else if (result == MOSQ_ERR_RETAIN_NOT_SUPPORTED && retain)
            retain = false;
        else
            return result;
    }
}

std::optional<int> Client::publish(const Message& message) {
    int id = 0;
    const int result = send(message, id);
    if (result == MOSQ_ERR_SUCCESS) return id;
    // Only what is wrong with the message itself leaves the connection as it is.
    if (result != MOSQ_ERR_INVAL && result != MOSQ_ERR_PAYLOAD_SIZE &&
        result != MOSQ_ERR_MALFORMED_UTF8 && result != MOSQ_ERR_OVERSIZE_PACKET)
        check(result);
    return std::nullopt;
}

void Client::hold(bool hold) {
    const int on = hold ? 1 : 0;  // a tunnel's socket knows no segments, and says so
    ::setsockopt(socket(), IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

void Client::disconnect() {
    mosquitto_disconnect(client_.get());
}

}  // namespace meshcore::bridge
