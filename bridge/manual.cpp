// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/manual.h"

#include <fmt/format.h>

#include <iterator>

#include "extcap/roff.h"

namespace meshcore::bridge {
namespace {

constexpr std::string_view head = R"roff(.\" SPDX-License-Identifier: GPL-2.0-or-later
.\" Made by meshcore-bridge --man; ./dev docs renews it.
.TH MESHCORE-BRIDGE 1 "" "meshcore-tools" "User Commands"
.SH NAME
meshcore-bridge \- publish what a MeshCore radio hears to MQTT brokers
.SH SYNOPSIS
.nf
\fBmeshcore-bridge\fR [\fB--config\fR \fIFILE\fR]... [\fIoptions\fR]
\fBmeshcore-bridge\fR [\fB--config\fR \fIFILE\fR]... \fB--read\fR \fIFILE\fR|\fB-\fR [\fIoptions\fR]
\fBmeshcore-bridge\fR \fBtoken\fR \fBinspect\fR|\fBverify\fR|\fBmint\fR [\fIoptions\fR]
.fi
.SH DESCRIPTION
.B meshcore-bridge
listens to one or several MeshCore radios, decodes each packet, and publishes it to any number of MQTT brokers, in the
format that each of them wants. It takes the configuration files of meshcore-bot, meshcoretomqtt and
meshcore-packet-capture as they are, and TOML of its own. It never transmits, and subscribes to nothing; a companion
is asked who it is, how it fares and, if a broker's login needs it, for a signature.
.PP
It runs in the foreground until it is stopped. Each broker has its own connection and its own outbox on disk: what is
heard while a broker is away is published when it is back, also after a restart.
.PP
Without
.B --config
it reads /etc/meshcore-bridge/config.toml and config.d/*.toml beside it; without those, the environment variables
PACKETCAPTURE_*.
.SH OPTIONS
)roff";

constexpr std::string_view tail = R"roff(.SH SIGNALS
.TP
SIGHUP
Reads the configuration again. If it cannot be used, the old one stays and the log says why. Else radios and brokers
about which it says the same stay connected, others begin anew; nothing that was heard is lost.
.TP
SIGTERM, SIGINT
Publishes what waits and says "offline", for five seconds at most.
.SH EXIT STATUS
.TP
0
Good; stopped by SIGTERM or SIGINT.
.TP
2
The configuration or an option cannot be used; with \fB--check\fR, also a broker or a key that is wrong.
.TP
3
A broker did not get all of a capture; the log says how much is left.
.SH ENVIRONMENT
.TP
STATE_DIRECTORY
Where outboxes are, unless [spool] path says; set by systemd. Else $XDG_STATE_HOME/meshcore-bridge, or
~/.local/state/meshcore-bridge.
.TP
CREDENTIALS_DIRECTORY
Set by systemd; paths in the configuration may begin with $CREDENTIALS_DIRECTORY/.
.TP
NOTIFY_SOCKET, WATCHDOG_USEC, JOURNAL_STREAM
See sd_notify(3) and systemd.exec(5).
.SH FILES
.TP
/etc/meshcore-bridge/config.toml, /etc/meshcore-bridge/config.d/*.toml
The configuration, merged in this order. Make it readable for its owner only if it holds a password.
.SH EXAMPLES
.nf
meshcore-bridge --config bridge.toml --check
meshcore-bridge --config bridge.toml --dry-run
meshcore-bridge --config letsmesh.toml --config mine.toml
meshcore-bridge --config bridge.toml --read capture.pcapng
meshcore-bridge token inspect < token.txt
.fi
.SH SEE ALSO
.BR meshcoredump (1),
.BR mosquitto_sub (1),
.BR systemd.service (5)
)roff";

}  // namespace

std::string man_page(const CLI::App& app) {
    std::string page{head};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group().empty() || !option->nonpositional()) continue;
        const std::string value = option->get_type_size() == 0 ? "" : option->get_type_name();
        const std::string fallback = option->get_default_str();
        fmt::format_to(
            std::back_inserter(page), ".TP\n\\fB{}\\fR{}\n{}.{}\n", option->get_name(false, true),
            value.empty() ? "" : " \\fI" + roff(value) + "\\fR", roff(option->get_description()),
            fallback.empty() ? "" : " Default " + roff(fallback) + ".");
    }
    return page.append(tail);
}

}  // namespace meshcore::bridge
