// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/reason.h"

#include <fmt/format.h>

namespace meshcore::bridge {

// MQTT 3.1.1, table 3.1.
std::string refusal_text(int code) {
    switch (code) {
        case 1: return "the broker does not speak MQTT 3.1.1";
        case 2: return "the broker does not accept the client id; set client_id";
        case 3: return "the broker is not available at the moment";
        case 4: return "the broker refuses the login: wrong user name or password";
        case 5: return "the broker refuses the login: not authorized; check user name and password";
        default: return fmt::format("the broker refuses the connection with code {}", code);
    }
}

bool is_login_refusal(int code) {
    return code == 4 || code == 5;
}

}  // namespace meshcore::bridge
