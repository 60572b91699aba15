// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/daemon/metrics_publisher.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace meshcore::bridge {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Page = std::function<std::string()>;

constexpr std::chrono::seconds between_files{15};
constexpr std::chrono::seconds patience{10};

/// One reader: a question, an answer, the end. Keeps itself alive.
class Visit : public std::enable_shared_from_this<Visit> {
public:
    Visit(tcp::socket socket, std::shared_ptr<const Page> page)
        : stream_{std::move(socket)}, page_{std::move(page)} {}

    void start() {
        stream_.expires_after(patience);
        http::async_read(stream_, buffer_, request_,
                         [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!error) self->answer();
                         });
    }

private:
    void answer() {
        const bool found = request_.target() == "/metrics" && request_.method() == http::verb::get;
        response_.result(found ? http::status::ok : http::status::not_found);
        response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
        response_.keep_alive(false);
        response_.body() = found ? (*page_)() : "only GET /metrics is here\n";
        response_.prepare_payload();
        http::async_write(stream_, response_,
                          [self = shared_from_this()](const error_code&, std::size_t) {
                              error_code ignored;
                              self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                          });
    }

    beast::tcp_stream stream_;
    std::shared_ptr<const Page> page_;
    beast::flat_buffer buffer_{16384};
    http::request<http::empty_body> request_;
    http::response<http::string_body> response_;
};

}  // namespace

MetricsPublisher::MetricsPublisher(boost::asio::io_context& io, const MetricsConfig& config, Page page)
    : textfile_{config.textfile},
      page_{std::make_shared<const Page>(std::move(page))},
      timer_{io},
      listener_{io} {
    if (!textfile_.empty()) write_file();
    if (!config.listen.empty()) listen(config.listen);
}

MetricsPublisher::~MetricsPublisher() {
    if (!textfile_.empty()) std::remove(textfile_.c_str());  // numbers of nobody would be read for ever
}

void MetricsPublisher::write_file() {
    const std::string temporary = textfile_ + ".tmp";
    errno = 0;
    std::ofstream file{temporary, std::ios::trunc};
    file << (*page_)();
    file.close();
    const bool good = file && std::rename(temporary.c_str(), textfile_.c_str()) == 0;
    if (!good && !failed_)
        spdlog::warn("cannot write the metrics to {}: {}", textfile_, std::strerror(errno));
    failed_ = !good;
    timer_.expires_after(between_files);
    timer_.async_wait([this](const error_code& cancelled) {
        if (!cancelled) write_file();
    });
}

void MetricsPublisher::listen(const std::string& address) {
    const auto refuse = [&](const std::string& why) {
        spdlog::error("[metrics] listen: cannot listen on {}: {}", address, why);
    };
    const auto where = capture::parse_host_and_port(address);
    if (!where) return refuse(where.error().message);
    if (const error_code error = listener_.open(*where)) return refuse(error.message());
    if (!listener_.is_private())
        spdlog::warn("[metrics] listen {} is not this machine alone: whoever can connect can read them",
                     address);
    listener_.accept(
        [this](tcp::socket socket) { std::make_shared<Visit>(std::move(socket), page_)->start(); });
}

}  // namespace meshcore::bridge
