// SPDX-License-Identifier: GPL-2.0-or-later
#include "extcap/radio/link_serial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <boost/asio/post.hpp>
#include <boost/asio/serial_port.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "extcap/radio/link_stream.h"
#include "extcap/radio/port_owner.h"
#include "extcap/radio/serial_ports.h"

namespace meshcore::radio {
namespace {

std::string device_path(const std::string& given) {
    const std::string path = given.find('/') == std::string::npos ? "/dev/" + given : given;
    // Names like /dev/serial/by-id/... are links.
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error);
    return error ? path : real.string();
}

std::string ports_there_are() {
    std::vector<std::string> names;
    for (const SerialPort& port : serial_ports())
        names.push_back(port.description.empty() ? port.path
                                                 : fmt::format("{} ({})", port.path, port.description));
    return names.empty() ? "no serial port is there; is the radio plugged in?"
                         : fmt::format("there are: {}", fmt::join(names, ", "));
}

std::string group_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return "dialout";
    const group* owner = ::getgrgid(status.st_gid);
    return owner && status.st_gid != 0 ? owner->gr_name : "dialout";
}

std::string open_error(const std::string& path, int error) {
    std::error_code ignored;
    if (error == ENOENT || error == ENODEV || error == ENXIO || !std::filesystem::exists(path, ignored))
        return fmt::format("no serial port {}; {}", path, ports_there_are());
    if (error == EACCES || error == EPERM) {
        const std::string group = group_of(path);
        return fmt::format(
            "no permission to open {}: join the group '{}' (sudo usermod -aG {} $USER) and log in "
            "again",
            path, group, group);
    }
    if (error == EBUSY || error == EWOULDBLOCK) return in_use(path, port_owner(path));
    if (error == ENOTTY || error == EINVAL || error == EISDIR)
        return fmt::format("{} is not a serial port", path);
    return fmt::format("cannot open {}: {}", path, std::strerror(error));
}

Result<void> open_port(asio::serial_port& port, const std::string& path, unsigned baud) {
    using asio::serial_port;
    boost::system::error_code error;
    // asio opens what libserialport does not: pseudo terminals, which have no place in /sys.
    port.open(path, error);
    if (error) return fail(open_error(path, error.value()));
    // The lock is what other programs of ours and pyserial look at, TIOCEXCL what all others meet.
    if (::flock(port.native_handle(), LOCK_EX | LOCK_NB) != 0) return fail(open_error(path, errno));
    ::ioctl(port.native_handle(), TIOCEXCL);
    port.set_option(serial_port::baud_rate(baud), error);
    if (error) return fail(fmt::format("{} cannot be set to {} baud: {}", path, baud, error.message()));
    port.set_option(serial_port::character_size(8), error);
    if (!error) port.set_option(serial_port::parity(serial_port::parity::none), error);
    if (!error) port.set_option(serial_port::stop_bits(serial_port::stop_bits::one), error);
    if (!error) port.set_option(serial_port::flow_control(serial_port::flow_control::none), error);
    if (error) return fail(fmt::format("{} cannot be set to 8N1: {}", path, error.message()));
    return {};
}

class SerialLink final : public StreamLink<asio::serial_port> {
public:
    SerialLink(asio::io_context& io, const SerialEndpoint& endpoint)
        : StreamLink(io, endpoint.path), endpoint_(endpoint) {}
    ~SerialLink() override { close(); }

    void open(std::chrono::milliseconds, OnOpen done) override {
        Result<void> result = open_first();
        asio::post(io_, [state = state_, result = std::move(result), done = std::move(done)] {
            if (!state->closed) done(result);
        });
    }

    void close() override {
        state_->closed = true;
        // Else the port stays closed to others as long as anybody has it open.
        if (state_->stream.is_open()) ::ioctl(state_->stream.native_handle(), TIOCNXCL);
        boost::system::error_code ignored;
        state_->stream.close(ignored);
    }

    bool can_lose_bytes() const override { return true; }

private:
    /// Of several failures, the first port's is told.
    Result<void> open_first() {
        Result<void> result = open(endpoint_.path);
        for (const std::string& path : endpoint_.alternatives) {
            if (result) break;
            boost::system::error_code ignored;
            state_->stream.close(ignored);
            if (open(path)) return {};
        }
        return result;
    }
    Result<void> open(const std::string& path) {
        return open_port(state_->stream, device_path(path), endpoint_.baud);
    }

    SerialEndpoint endpoint_;
};

}  // namespace

std::unique_ptr<Link> make_serial_link(asio::io_context& io, const SerialEndpoint& endpoint) {
    return std::make_unique<SerialLink>(io, endpoint);
}

}  // namespace meshcore::radio
