// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/bridge.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "dissector/core/capture_header.h"
#include "dissector/core/dissect.h"

namespace meshcore::bridge {
namespace {

std::string key_in(const Tape& tape, FieldId id) {
    const Node* node = tape.find(id);
    return node ? to_hex(tape.bytes(*node), HexCase::upper) : std::string{};
}

}  // namespace

Bridge::Bridge(std::shared_ptr<const Config> config, Keyring keys, Identity identity,
               const std::vector<Destination*>& destinations, boost::asio::io_context* live)
    : config_{std::move(config)},
      keys_{std::move(keys)},
      memory_{keys_},
      identity_{std::move(identity)} {
    for (Destination* destination : destinations) outlets_.emplace_back(*destination);
    if (live) timer_.emplace(*live);
}

void Bridge::renew(std::shared_ptr<const Config> config, Keyring keys, Identity identity,
                   const std::vector<Destination*>& destinations) {
    release_all();
    config_ = std::move(config);
    if (!(keys == keys_)) {
        keys_ = std::move(keys);
        memory_.emplace(keys_);
    }
    identity_ = std::move(identity);
    outlets_.clear();
    for (Destination* destination : destinations) outlets_.emplace_back(*destination);
    arm();
    if (announced_) announce();
}

void Bridge::take(const Record& record) {
    const std::size_t header_length = dissect_capture_header(record.bytes, radio_);
    if (header_length == record.bytes.size())
        take_report(radio_);
    else
        take_frame(record, header_length);
}

void Bridge::take_report(const Tape& report) {
    const std::string key = key_in(report, "meshcore_radio.device.public_key"_f);
    // A capture may hold several radios. The status is that of the first one; a radio that is here
    // may be exchanged for another.
    if (!identity_.overrides && announced_ && !key.empty() && key != main_.key)
        others_[key].update(report);
    else
        main_.update(report);
    announce();
}

void Bridge::announce() {
    Observer observer = main_;
    if (identity_.overrides) {
        if (!identity_.name.empty()) observer.name = identity_.name;
        if (!identity_.key.empty()) observer.key = identity_.key;
    } else {
        if (observer.name.empty()) observer.name = identity_.name;
        if (observer.key.empty()) observer.key = identity_.key;
    }
    if (observer.key.empty()) return;
    announced_ = true;
    const auto told = std::make_shared<const Observer>(std::move(observer));
    shown_ = *told;
    for (Outlet& outlet : outlets_) outlet.observe(told);
    if (early_dropped_ > 0)
        spdlog::warn("{} packets were dropped before the observer's key was known",
                     std::exchange(early_dropped_, 0));
    while (!early_.empty()) {
        const Record record = std::move(early_.front());
        early_.pop_front();
        publish(record, dissect_capture_header(record.bytes, radio_));
    }
}

void Bridge::take_frame(const Record& record, std::size_t header_length) {
    if (!announced_) announce();
    if (announced_) return publish(record, header_length);
    early_.push_back(record);
    for (; early_.size() > config_->spool.memory_messages; early_.pop_front())
        if (early_dropped_++ == 0)
            spdlog::warn("more than {} packets wait for the observer's key: the oldest are dropped",
                         config_->spool.memory_messages);
}

const Observer& Bridge::observer_of(const Tape& radio) {
    if (identity_.overrides) return shown_;
    const std::string key = key_in(radio, "meshcore_radio.observer"_f);
    if (key.empty() || key == shown_.key) return shown_;
    Observer& other = others_[key];
    other.key = key;
    return other;
}

void Bridge::publish(const Record& record, std::size_t header_length) {
    const Bytes frame = Bytes{record.bytes}.subspan(header_length);
    dissect(frame, keys_, *memory_, packet_);
    memory_->learn(packet_);
    for (const NoteEntry& entry : packet_.notes()) ++notes_[entry.note];
    const auto confirmation = acks_.take(packet_, record.time);
    if (!wanted(packet_)) return;
    const Heard heard{record.time,         frame,     radio_,      packet_,
                      observer_of(radio_), &*memory_, confirmation};
    const SteadyTime now = moment(record);
    for (Outlet& outlet : outlets_) outlet.take(heard, now);
    arm();
}

bool Bridge::wanted(const Dissection& packet) const {
    const bool parsed = packet.header.parsed && packet.header.version == 0;
    if (config_->skip_unparseable && !parsed) return false;
    const auto* advert = std::get_if<Advert>(&packet.payload);
    return !config_->require_valid_advert || !advert || advert->signature_ok;
}

SteadyTime Bridge::moment(const Record& record) const {
    if (timer_) return std::chrono::steady_clock::now();
    return SteadyTime{record.time.time_since_epoch()};
}

void Bridge::release(SteadyTime now) {
    for (Outlet& outlet : outlets_) outlet.release(now);
}

void Bridge::release_all() {
    release(SteadyTime::max());
}

void Bridge::arm() {
    if (!timer_) return;
    SteadyTime due = SteadyTime::max();
    for (const Outlet& outlet : outlets_) due = std::min(due, outlet.due());
    if (due == timer_due_) return;
    timer_due_ = due;
    timer_->cancel();
    if (due == SteadyTime::max()) return;
    timer_->expires_at(due);
    timer_->async_wait([this](const boost::system::error_code& cancelled) {
        if (cancelled) return;
        release(std::chrono::steady_clock::now());
        arm();
    });
}

}  // namespace meshcore::bridge
