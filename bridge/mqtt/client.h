// SPDX-License-Identifier: GPL-2.0-or-later
// One MQTT connection, once: libmosquitto in a poll() loop of the caller. What the library would call
// back is collected here and taken by the caller after service(). All in one thread.
#pragma once

#include <mosquitto.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bridge/formats/format.h"
#include "dissector/core/result.h"

namespace meshcore::bridge {

class Client {
public:
    struct Login {
        std::string client_id;
        std::string username, password;  ///< both may be empty
        std::optional<Message> will;
        int keepalive = 60;  ///< seconds
        MqttVersion version = MqttVersion::v311;
    };

    explicit Client(const Login& login);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Begins to connect; `address` is an address, not a name.
    Result<void> open(const std::string& address, int port);

    int socket() const { return mosquitto_socket(client_.get()); }
    bool wants_write() const { return mosquitto_want_write(client_.get()); }
    /// After poll(): reads, writes, keeps alive.
    void service(bool readable, bool writable);

    /// The message's number, which comes back in take_published() once it has left (QoS 0) or has been
    /// acknowledged; nothing if the connection is gone or the message cannot be sent.
    std::optional<int> publish(const Message& message);
    /// Says goodbye: the broker drops the will.
    void disconnect();
    /// While held, what is published is gathered to full segments; then the rest goes out at once.
    void hold(bool hold);

    /// A message that the broker has taken notice of. MQTT 5 says what became of it: 0x80 and above is
    /// a refusal; 3.1.1 always says 0.
    struct Published {
        int id;
        int reason;
    };

    /// The broker's answer to CONNECT; 0 is yes.
    std::optional<int> connack() const { return connack_; }
    /// Why the connection ended, if it has.
    const std::optional<std::string>& closed() const { return closed_; }
    std::vector<Published> take_published() { return std::exchange(published_, {}); }

private:
    void check(int result);
    int send(const Message& message, int& id);

    struct Destroy {
        void operator()(mosquitto* client) const { mosquitto_destroy(client); }
    };
    std::unique_ptr<mosquitto, Destroy> client_;
    int keepalive_;
    MqttVersion version_;
    std::optional<int> connack_;
    std::uint32_t longest_packet_ = 0;  ///< that the broker takes, in bytes; 0: any
    std::optional<std::string> closed_;
    std::vector<Published> published_;
};

}  // namespace meshcore::bridge
