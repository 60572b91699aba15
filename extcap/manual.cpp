// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/manual.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "extcap/filter/packet_filter.h"
#include "extcap/options.h"
#include "extcap/roff.h"

namespace meshcore {
namespace {

constexpr std::string_view head = R"roff(.\" SPDX-License-Identifier: GPL-2.0-or-later
.\" Made by meshcoredump --docs man; ./dev docs renews it.
.TH MESHCOREDUMP 1 "" "meshcore-tools" "User Commands"
.SH NAME
meshcoredump \- capture MeshCore packets from a radio
.SH SYNOPSIS
.nf
\fBmeshcoredump\fR \fB--port\fR \fIPATH\fR | \fB--host\fR \fIHOST\fR | \fB--attach\fR \fIHOST:PORT\fR | \fB--file\fR \fIFILE\fR \fB--fifo\fR \fIFILE\fR|\fB-\fR [\fIoptions\fR]
\fBmeshcoredump\fR \fB--read\fR \fIFILE\fR|\fB-\fR \fB--write\fR \fIFILE\fR|\fB-\fR
.fi
.SH DESCRIPTION
.B meshcoredump
makes MeshCore radios capture interfaces of Wireshark. It is one of Wireshark's external capture programs: once it is
installed, each serial port and
.BR meshcore-serial ,
.BR meshcore-tcp ,
.BR meshcore-replay " and " meshcore-attach
stand in the list of interfaces. It works in a shell as well, and writes a pcap stream with nanosecond times and link
type USER11 (158).
.PP
It only listens. What is written to a radio is a short list of questions for its name, parameters and counters, asked
after connecting and for each device report; nothing is sent on air and nothing is set. A radio that goes away is
connected to again, with growing pauses.
.PP
With
.B --read
it makes a capture of packets that were written down in another way: a capture, the log of a
repeater's serial console, lines of JSON as observers publish them over MQTT (also as
.BR mosquitto_sub (1)
prints them), or a frame a line in hex. The file's content says which. It writes pcapng if the name ends in
.BR .pcapng ,
else pcap.
.SH OPTIONS
)roff";

constexpr std::string_view tail = R"roff(.SS Capturing
.TP
\fB--fifo\fR \fIFILE\fR
Where to write the capture: a fifo, a file, or - for standard output.
.TP
\fB--extcap-capture-filter\fR \fIFILTER\fR
Which packets to capture, as in \fBtype = 'advert' or (type = 'grp_txt' and snr > -10)\fR. The expressions are SQLite's;
a field that a packet lacks is NULL. Device reports are always captured.
.SS Converting
.TP
\fB--read\fR \fIFILE\fR, \fB--write\fR \fIFILE\fR
From what, and into what; - is standard input and output.
.SH EXIT STATUS
0 when the capture was ended by a signal, by its reader or by the end of the file. 1 when it could not start, could not
go on, or when what a radio sent was no MeshCore protocol: then one line on standard error says what was tried, what
happened, and what to do.
.SH EXAMPLES
.nf
meshcoredump --port /dev/ttyACM0 --fifo - | tshark -i -
meshcoredump --host 192.0.2.7 --fifo radio.pcap --share 127.0.0.1:5555
wireshark -k -i TCP@127.0.0.1:5555
mosquitto_sub -h broker -t 'meshcore/#' -F '%I %t %p' | meshcoredump --read - --write observed.pcapng
.fi
.SH SEE ALSO
.BR meshcore-decode (1),
.BR meshcore-bridge (1),
.BR wireshark (1),
.BR tshark (1),
.BR extcap (4)
)roff";

std::string choices_of(const Option& option) {
    if (!option.choices || option.reload) return {};
    std::string text;
    for (const Choice& choice : option.choices())
        if (!choice.value.empty())
            text += fmt::format("{}{}", text.empty() ? " One of " : ", ", choice.value);
    return text + ".";
}

std::string entry(const Option& option) {
    const bool is_number = option.widget == Widget::number || option.widget == Widget::real;
    std::string text = fmt::format(".TP\n\\fB{}\\fR", option.flag);
    if (option.widget != Widget::flag) text += fmt::format(" \\fI{}\\fR", is_number ? "N" : "TEXT");
    text += fmt::format("\n{}.", roff(option.help)) + roff(choices_of(option));
    if (is_number) text += fmt::format(" From {} to {}.", option.lowest, option.highest);
    const std::string value = option.reload ? "" : default_value(option);
    if (option.widget != Widget::flag && !value.empty())
        text += fmt::format(" Default {}.", roff(value));
    return text + "\n";
}

}  // namespace

std::string man_page() {
    std::string page{head};
    std::vector<std::string_view> groups;
    for (const Option& option : options())
        if (std::find(groups.begin(), groups.end(), option.group) == groups.end())
            groups.push_back(option.group);
    for (const std::string_view group : groups) {
        page += fmt::format(".SS {}\n", group);
        for (const Option& option : options())
            if (option.group == group) page += entry(option);
    }
    return page.append(tail);
}

std::string filter_table() {
    std::string table = "| word | what it is |\n|---|---|\n";
    for (const filter::Column& column : filter::columns())
        table += fmt::format("| `{}` | {} |\n", column.name, column.help);
    return table;
}

}  // namespace meshcore
