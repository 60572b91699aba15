// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/source/radio_source.h"

#include "extcap/capture/shared_capture.h"

namespace meshcore::bridge {
namespace {

radio::Endpoint endpoint_of(const SourceConfig& source) {
    if (source.kind != SourceKind::serial)
        return radio::TcpEndpoint{source.host, source.tcp_port, source.kind == SourceKind::attach};
    return radio::SerialEndpoint{
        source.ports.front(), source.baud, {source.ports.begin() + 1, source.ports.end()}};
}

std::unique_ptr<radio::Protocol> protocol_of(const SourceConfig& source) {
    if (source.kind == SourceKind::attach) return std::make_unique<capture::SharedCapture>();
    const auto tuning =
        radio::make_tuning({source.preset, source.frequency, source.bandwidth, source.sf, source.cr});
    return radio::make_protocol(source.protocol, tuning.value_or(std::nullopt));
}

}  // namespace

std::unique_ptr<radio::Session> make_session(boost::asio::io_context& io, const SourceConfig& source,
                                             radio::Session::Handlers handlers) {
    radio::SessionOptions options;
    options.stats_interval = source.stats_interval;
    return std::make_unique<radio::Session>(io, endpoint_of(source), protocol_of(source), options,
                                            std::move(handlers));
}

}  // namespace meshcore::bridge
