// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/convert.h"

#include <fmt/format.h>

#include <filesystem>

#include "extcap/capture/pcap_writer.h"
#include "extcap/capture/pcapng_writer.h"
#include "extcap/capture/record_source.h"

namespace meshcore {
namespace {

template <typename Writer>
Result<void> copy(capture::RecordSource& source, const std::string& to) {
    // Nothing is touched before the first record, so that a mistyped source costs no old capture.
    Result<std::optional<Record>> record = source.next();
    if (!record) return tl::unexpected<Error>(record.error());
    const Result<int> fd = capture::open_output(to);
    if (!fd) return tl::unexpected<Error>(fd.error());
    Result<Writer> writer = Writer::start(*fd, to);
    if (!writer) return tl::unexpected<Error>(writer.error());
    for (; record && *record; record = source.next())
        if (Result<void> written = writer->write(**record); !written) return written;
    if (!record) return tl::unexpected<Error>(record.error());
    return {};
}

}  // namespace

Result<void> convert(const std::string& from, const std::string& to) {
    std::error_code ignored;
    if (std::filesystem::equivalent(from, to, ignored))
        return fail(fmt::format("{} cannot be made of itself", to));
    const auto source = capture::open_record_source(from);
    if (!source) return tl::unexpected<Error>(source.error());
    if (to.ends_with(".pcapng")) return copy<capture::PcapngWriter>(**source, to);
    return copy<capture::PcapWriter>(**source, to);
}

}  // namespace meshcore
