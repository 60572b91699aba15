// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/capture/shared_capture.h"

namespace meshcore::capture {

void SharedCapture::receive(Bytes bytes, Record::Time, const OnRecord& on_record) {
    counters_.bytes += bytes.size();
    parser_.push(bytes);
    while (true) {
        const auto record = parser_.next();
        if (!record) {
            unusable_ = record.error().message;
            return;
        }
        if (!*record) return;
        ++counters_.messages;
        counters_.frames += !(*record)->is_report();
        on_record(**record);
    }
}

void SharedCapture::reconnected() {
    parser_.clear();
    unusable_.clear();
}

}  // namespace meshcore::capture
