// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "bridge/mqtt/broker.h"

namespace meshcore::bridge {

/// The brokers of a configuration that are used, and what they have in common: a beginning, changes,
/// and an end.
class Brokers {
public:
    /// `on_change`: see Broker; called from the brokers' threads.
    /// `radio_signer` is null where no radio is.
    Brokers(std::shared_ptr<const Config> config, bool beside_daemon,
            std::shared_ptr<RadioSigner> radio_signer, std::function<void()> on_change);
    ~Brokers();

    std::vector<Destination*> destinations() const;
    const std::vector<std::unique_ptr<Broker>>& all() const { return brokers_; }

    /// Goes over to another configuration. Brokers about which it says the same keep their connection,
    /// others end theirs and begin anew with what waits for them. `done` is called by `io` when
    /// destinations() has changed; until then the old ones take messages. One at a time.
    void renew(boost::asio::io_context& io, std::shared_ptr<const Config> config,
               std::function<void()> done);

    /// Sends what waits, says "offline", both until the deadline at most. Returns at once.
    void leave(SteadyTime deadline);
    /// After leave(): waits for it. Returns how many messages are left; each broker that has some is
    /// named in the log.
    std::size_t join();

private:
    std::unique_ptr<Broker> make(std::size_t index, std::unique_ptr<Outbox> outbox) const;
    /// Returns the old ones that are not used any more.
    std::vector<std::unique_ptr<Broker>> replace(std::shared_ptr<const Config> config);

    std::shared_ptr<const Config> config_;
    const bool beside_daemon_;
    const std::shared_ptr<RadioSigner> radio_signer_;
    std::function<void()> on_change_;
    std::vector<std::unique_ptr<Broker>> brokers_;
    std::thread waiting_;  ///< for those that end
};

}  // namespace meshcore::bridge
