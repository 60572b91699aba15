// SPDX-License-Identifier: GPL-2.0-or-later
// From records to messages: each frame is decoded once, then each destination's format makes of it what
// it wants.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "bridge/acks.h"
#include "bridge/config/config.h"
#include "bridge/outlet.h"
#include "dissector/core/memory.h"

namespace meshcore::bridge {

class Bridge {
public:
    /// Who observes. For a radio that is here, what the user says comes before what it says of itself;
    /// for a capture of some other time it only fills in.
    struct Identity {
        std::string name, key;
        bool overrides = true;
    };
    /// The destinations must outlive the bridge. `live` is where a radio's frames come in, and tells
    /// when a window for copies is over; for a capture it is null, and the capture's times tell.
    Bridge(std::shared_ptr<const Config> config, Keyring keys, Identity identity,
           const std::vector<Destination*>& destinations, boost::asio::io_context* live);
    Bridge(const Bridge&) = delete;  // the memory borrows the keys
    Bridge& operator=(const Bridge&) = delete;

    /// Goes over to another configuration. What is known of the radio, and of the mesh unless the keys
    /// have changed, is kept.
    void renew(std::shared_ptr<const Config> config, Keyring keys, Identity identity,
               const std::vector<Destination*>& destinations);

    /// A frame or a device report, in the order of their arrival. Frames that come before the
    /// observer's key is known wait for it.
    void take(const Record& record);

    /// Publishes the copies that are held back. To be called before the destinations end.
    void release_all();

    /// Notes that the frames got, by kind; for the thread of take().
    const std::map<Note, std::uint64_t>& notes() const { return notes_; }

    bool has_observer() const { return announced_; }
    /// Frames that still wait, since nobody said who heard them.
    std::size_t without_observer() const { return early_.size(); }

private:
    void take_report(const Tape& report);
    void take_frame(const Record& record, std::size_t header_length);
    void publish(const Record& record, std::size_t header_length);
    bool wanted(const Dissection& packet) const;
    SteadyTime moment(const Record& record) const;
    void release(SteadyTime now);
    void arm();
    const Observer& observer_of(const Tape& radio);
    void announce();

    std::shared_ptr<const Config> config_;
    Keyring keys_;
    std::optional<Memory> memory_;  ///< of what the source's earlier frames told
    Acks acks_;
    Identity identity_;
    std::vector<Outlet> outlets_;
    Observer main_;   ///< what the radio says of itself
    Observer shown_;  ///< the same with the identity applied: whose status is published
    std::map<std::string, Observer> others_;  ///< further radios of a capture
    std::map<Note, std::uint64_t> notes_;
    bool announced_ = false;
    std::deque<Record> early_;
    std::uint64_t early_dropped_ = 0;
    Tape radio_;
    Dissection packet_;
    std::optional<boost::asio::steady_timer> timer_;  ///< of a radio
    SteadyTime timer_due_ = SteadyTime::max();
};

}  // namespace meshcore::bridge
