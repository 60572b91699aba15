// SPDX-License-Identifier: GPL-2.0-or-later
// The console of a repeater or room server that somebody has written to a file, line by line. What a
// terminal program put before each line is no harm; if it begins with a date, that tells the host's
// time. Otherwise the node's own clock is the only one there is.
#pragma once

#include "extcap/radio/text_log.h"

namespace meshcore::capture {

class LogLines {
public:
    /// `line` with or without its end. `now` is the time as long as no line has told one.
    void take(std::string_view line, Record::Time now, const OnRecord& on_record);
    /// The last line has been taken.
    void end(const OnRecord& on_record);
    /// It has been such a log.
    bool recognized() const { return log_.recognized(); }

private:
    void report_once(const OnRecord& on_record);

    radio::TextLog log_;
    std::optional<Record::Time> time_;
    bool reported_ = false;
};

}  // namespace meshcore::capture
