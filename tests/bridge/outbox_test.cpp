// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/spool/outbox.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "bridge/spool/fallback_store.h"

namespace meshcore::bridge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Payloads = std::vector<std::string>;

const WallTime start{seconds{1'800'000'000}};

Message message(int number, int qos = 0) {
    return {"topic", std::to_string(number), qos, false};
}

class Folder {
public:
    Folder() {
        char name[] = "/tmp/meshcore-outbox-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file() const { return path_ + "/a.outbox"; }

private:
    std::string path_;
};

/// No file grows any more.
class FullDisk {
public:
    FullDisk() {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit none{1, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

std::unique_ptr<DiskStore> open(const Folder& folder, const DiskBounds& bounds = {},
                                WallTime now = start) {
    auto store = DiskStore::open(folder.file(), bounds, now);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
}

Outbox::Options in_memory(std::size_t room = 100) {
    Outbox::Options options;
    options.store = std::make_unique<MemoryStore>(room);
    options.room = room;
    return options;
}

Outbox::Options on_disk(const Folder& folder, const DiskBounds& bounds = {}, WallTime now = start) {
    Outbox::Options options;
    options.store = open(folder, bounds, now);
    options.durable = true;
    return options;
}

/// Takes and delivers all that may go out now.
Payloads deliver(Outbox& outbox, SteadyTime now) {
    Payloads payloads;
    while (auto item = outbox.next(now)) {
        payloads.push_back(item->message.payload);
        outbox.done(item->id, now);
    }
    return payloads;
}

class AnyOutbox : public ::testing::TestWithParam<bool> {
protected:
    Outbox::Options options() { return GetParam() ? on_disk(folder_) : in_memory(); }
    Folder folder_;
    SteadyTime now_ = steady_clock::now();
};

TEST_P(AnyOutbox, WhatComesWhileOnlineGoesOutInOrder) {
    for (const int qos : {0, 1}) {
        Outbox outbox{options()};
        outbox.online(start);
        EXPECT_TRUE(outbox.push(message(1, qos)));
        EXPECT_FALSE(outbox.push(message(2, qos)));
        EXPECT_EQ(outbox.size(), 2U);
        outbox.absorb(start);
        EXPECT_EQ(outbox.size(), 2U);
        EXPECT_EQ(deliver(outbox, now_), (Payloads{"1", "2"}));
        EXPECT_EQ(outbox.size(), 0U);
        outbox.offline(start);
        EXPECT_EQ(outbox.size(), 0U);
    }
}

TEST_P(AnyOutbox, WhatWasUnderWayGoesOutAgain) {
    for (const int qos : {0, 1}) {
        Outbox outbox{options()};
        outbox.online(start);
        for (int i = 1; i <= 4; ++i) outbox.push(message(i, qos));
        outbox.absorb(start);
        outbox.next(now_);
        const auto second = outbox.next(now_);
        outbox.next(now_);
        outbox.done(second->id, now_);
        outbox.done(second->id, now_);  // said twice
        EXPECT_EQ(outbox.size(), 3U);
        outbox.offline(start);
        EXPECT_EQ(outbox.size(), 3U);
        EXPECT_FALSE(outbox.next(now_));
        outbox.online(start + seconds{1});
        EXPECT_EQ(deliver(outbox, now_), (Payloads{"1", "3", "4"}));
        outbox.offline(start);
    }
}

TEST_P(AnyOutbox, OutagesArePacedAndFreshOnesPass) {
    Outbox::Options paced = options();
    paced.replay_rate = 2;
    Outbox outbox{std::move(paced)};
    for (int i = 0; i < 40; ++i) outbox.push(message(i));
    outbox.absorb(start);
    outbox.push(message(100));
    outbox.absorb(start + seconds{3590});  // shortly before the broker came back
    outbox.online(start + seconds{3595});
    // The recent one first, then the burst that a pace allows.
    Payloads first = deliver(outbox, now_);
    EXPECT_EQ(first.size(), 11U);
    EXPECT_EQ(first[0], "100");
    EXPECT_EQ(first[10], "9");
    EXPECT_LE(outbox.due(), now_ + milliseconds{501});
    outbox.push(message(200));
    outbox.absorb(start + seconds{3595});
    EXPECT_EQ(deliver(outbox, now_), (Payloads{"200"}));
    EXPECT_EQ(deliver(outbox, now_ + milliseconds{510}), (Payloads{"10"}));
    EXPECT_EQ(deliver(outbox, now_ + milliseconds{1600}).size(), 2U);
    EXPECT_EQ(deliver(outbox, now_ + seconds{600}).size(), 10U);
    Payloads rest;
    for (int i = 1; i < 100; ++i)
        for (const std::string& payload : deliver(outbox, now_ + seconds{600 + 5 * i}))
            rest.push_back(payload);
    EXPECT_EQ(rest.size(), 17U);
    EXPECT_EQ(rest.back(), "39");
    EXPECT_EQ(outbox.size(), 0U);
}

TEST_P(AnyOutbox, WithoutAPaceAllGoesOutAtOnce) {
    Outbox::Options unpaced = options();
    unpaced.replay_rate = 0;
    Outbox outbox{std::move(unpaced)};
    for (int i = 0; i < 90; ++i) outbox.push(message(i));
    outbox.absorb(start);
    outbox.online(start + seconds{3600});
    EXPECT_EQ(deliver(outbox, now_).size(), 90U);
}

/// Random outages, deliveries out of order, repeated: everything at least once, nothing twice that was
/// delivered.
TEST_P(AnyOutbox, AClockThatIsSetLosesNothing) {
    auto given = options();
    given.replay_rate = 0;
    Outbox outbox{std::move(given)};
    Payloads expected;
    const auto hear = [&](WallTime now) {
        for (int i = 0; i < 10; ++i) {
            expected.push_back(std::to_string(expected.size()));
            outbox.push(message(std::stoi(expected.back())));
        }
        outbox.absorb(now);
    };
    hear(start);
    hear(start - std::chrono::hours{24});  // back by a day
    hear(start + std::chrono::hours{24});  // and on again
    outbox.online(start - std::chrono::hours{1});
    hear(start - std::chrono::hours{2});
    Payloads got = deliver(outbox, now_);
    std::sort(got.begin(), got.end(),
              [](const std::string& a, const std::string& b) { return std::stoi(a) < std::stoi(b); });
    EXPECT_EQ(got, expected);
    EXPECT_EQ(outbox.size(), 0U);
    EXPECT_EQ(outbox.dropped(), 0U);
}

TEST_P(AnyOutbox, LosesNothingHoweverOftenTheBrokerGoes) {
    Outbox::Options unpaced = options();
    unpaced.replay_rate = 0;
    unpaced.room = 100000;
    if (!GetParam()) unpaced.store = std::make_unique<MemoryStore>(100000);
    Outbox outbox{std::move(unpaced)};
    std::minstd_rand random{7};
    std::set<std::string> delivered;
    std::vector<MessageId> under_way;
    std::map<MessageId, std::string> payload_of;
    int pushed = 0;
    bool online = false;
    for (int step = 0; step < 20000 || outbox.size() > 0; ++step) {
        const WallTime wall = start + seconds{step};
        const auto choice = random() % 10;
        if (choice < 4 && step < 20000) {
            outbox.push(message(pushed++, static_cast<int>(random() % 2)));
        } else if (choice < 5) {
            outbox.absorb(wall);
        } else if (choice < 9) {
            if (auto item = outbox.next(now_)) {
                ASSERT_FALSE(delivered.count(item->message.payload)) << item->message.payload;
                under_way.push_back(item->id);
                payload_of[item->id] = item->message.payload;
            }
            if (!under_way.empty() && random() % 2) {
                const std::size_t index = random() % under_way.size();
                delivered.insert(payload_of[under_way[index]]);
                outbox.done(under_way[index], now_);
                under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(index));
            }
        } else if (random() % 4 == 0 || step >= 20000) {
            if (online)
                outbox.offline(wall);
            else
                outbox.online(wall);
            online = !online;
            under_way.clear();
        }
    }
    EXPECT_EQ(delivered.size(), static_cast<std::size_t>(pushed));
    EXPECT_EQ(outbox.dropped(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Stores, AnyOutbox, ::testing::Bool(),
                         [](const auto& store) { return store.param ? "Disk" : "Memory"; });

TEST(Outbox, MemoryDropsTheOldestAndCounts) {
    Outbox outbox{in_memory(10)};
    for (int i = 0; i < 8; ++i) outbox.push(message(i));
    outbox.absorb(start);
    for (int i = 8; i < 25; ++i) outbox.push(message(i));  // the consumer sleeps
    EXPECT_EQ(outbox.size(), 18U);
    outbox.absorb(start);
    EXPECT_EQ(outbox.size(), 10U);
    EXPECT_EQ(outbox.dropped(), 15U);
    outbox.online(start);
    const Payloads left = deliver(outbox, steady_clock::now());
    EXPECT_EQ(left.front(), "15");
    EXPECT_EQ(left.back(), "24");
    EXPECT_FALSE(outbox.has_room() && outbox.size() > 10);
}

TEST_P(AnyOutbox, BoundsChangeWhileItIsInUse) {
    SpoolConfig bounds;  // 7 bytes a message
    bounds.memory_messages = 10;
    bounds.max_bytes = 70;
    bounds.replay_rate = 0;
    Outbox outbox{options()};
    for (int i = 10; i < 50; ++i) outbox.push(message(i));
    outbox.absorb(start);
    outbox.online(start + seconds{3600});
    EXPECT_EQ(deliver(outbox, now_).size(), 10U);  // the burst of a pace; these do not count as dropped
    outbox.set_bounds(bounds);
    EXPECT_EQ(outbox.room(), 10U);
    outbox.absorb(start + seconds{3600});
    EXPECT_EQ(outbox.dropped(), 20U);
    EXPECT_EQ(outbox.size(), 10U);
    bounds.memory_messages = 1000;
    bounds.max_bytes = 7000;
    outbox.set_bounds(bounds);
    outbox.push(message(99));
    outbox.offline(start);
    outbox.absorb(start + seconds{3600});
    outbox.online(start + seconds{7200});
    const Payloads rest = deliver(outbox, now_);  // and the pace is gone
    EXPECT_EQ(rest.size(), 11U);
    EXPECT_EQ(rest.front(), "40");
    EXPECT_EQ(rest.back(), "99");
    EXPECT_EQ(outbox.dropped(), 20U);
    EXPECT_EQ(outbox.replayed(), 21U);
}

TEST(Outbox, AnotherAgeCountsAtOnce) {
    const Folder folder;
    Outbox outbox{on_disk(folder)};
    for (int i = 0; i < 5; ++i) outbox.push(message(i));
    outbox.absorb(start);
    SpoolConfig bounds;
    bounds.max_age = seconds{60};
    outbox.set_bounds(bounds);
    outbox.absorb(start + seconds{30});
    EXPECT_EQ(outbox.size(), 5U);
    outbox.set_bounds(bounds);
    outbox.absorb(start + seconds{90});
    EXPECT_EQ(outbox.size(), 0U);
    EXPECT_EQ(outbox.dropped(), 5U);
}

/// What is delivered is not dropped, even if the store does not know yet.
TEST_P(AnyOutbox, OnlyWhatABoundTookIsCounted) {
    Outbox::Options bounded = GetParam() ? on_disk(folder_, {.max_bytes = 10 * 7}) : in_memory(10);
    bounded.replay_rate = 0;
    Outbox outbox{std::move(bounded)};
    for (int i = 10; i < 20; ++i) outbox.push(message(i));
    outbox.absorb(start);
    outbox.online(start);
    Payloads got;
    for (int i = 20; i < 50; ++i) {
        const auto item = outbox.next(now_);
        got.push_back(item->message.payload);
        outbox.done(item->id, now_);
        outbox.offline(start);
        outbox.push(message(i));
        outbox.absorb(start);
        outbox.online(start);
    }
    EXPECT_EQ(outbox.dropped(), 0U);
    for (int i = 50; i < 54; ++i) {  // what was read ahead is dropped before it goes out
        outbox.push(message(i));
        if (i == 50) got.push_back(outbox.next(now_)->message.payload);
        outbox.offline(start);
        outbox.absorb(start);
        outbox.online(start);
    }
    EXPECT_EQ(got.size(), 31U);
    const Payloads rest = deliver(outbox, now_);
    EXPECT_EQ(outbox.dropped(), 4U);
    EXPECT_EQ(rest.size(), 10U);
    EXPECT_EQ(rest.front(), "44");
}

TEST(Outbox, WhatABoundTakesFromASlowBrokerIsNotSentNorMiscounted) {
    const Folder folder;
    Outbox outbox{on_disk(folder, {10 * (5 + 2), seconds{1000}})};  // ten messages of two digits
    const SteadyTime now = steady_clock::now();
    outbox.online(start);
    std::vector<MessageId> sent;
    for (int i = 10; i < 40; ++i) {
        outbox.push(message(i, 1));
        outbox.absorb(start);
        if (i < 14) sent.push_back(outbox.next(now)->id);  // it acknowledges nothing
    }
    EXPECT_EQ(outbox.dropped(), 16U);  // 14 to 29; what was sent may still arrive
    outbox.done(sent[0], now);
    outbox.done(sent[1], now);
    EXPECT_EQ(outbox.dropped(), 16U);
    const auto next = outbox.next(now);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->message.payload, "30");
    outbox.offline(start);
    EXPECT_EQ(outbox.dropped(), 18U);
    EXPECT_EQ(outbox.size(), 10U);
    outbox.online(start);
    EXPECT_EQ(deliver(outbox, now),
              (Payloads{"30", "31", "32", "33", "34", "35", "36", "37", "38", "39"}));
    EXPECT_EQ(outbox.size(), 0U);
}

/// Ones to be sent for certain, more at once than go out without waiting in the store.
TEST(Outbox, AHeapGoesOutOnce) {
    const Folder folder;
    Outbox outbox{on_disk(folder)};
    outbox.online(start);
    for (int i = 0; i < 1200; ++i) outbox.push(message(i, 1));
    outbox.absorb(start);
    Payloads got;
    std::deque<MessageId> unacknowledged;
    while (auto item = outbox.next(steady_clock::now())) {
        got.push_back(item->message.payload);
        unacknowledged.push_back(item->id);
        if (unacknowledged.size() < 40) continue;
        outbox.done(unacknowledged.front(), steady_clock::now());
        unacknowledged.pop_front();
    }
    ASSERT_EQ(got.size(), 1200U);
    for (int i = 0; i < 1200; ++i) EXPECT_EQ(got[static_cast<std::size_t>(i)], std::to_string(i));
}

Message held(int number, std::uint64_t hold, int qos = 1) {
    Message result = message(number, qos);
    result.hold = hold;
    return result;
}

TEST(Outbox, WhatIsHeldGoesOutWhenItMay) {
    const Folder folder;
    Outbox outbox{on_disk(folder)};
    const SteadyTime now = steady_clock::now();
    outbox.online(start);
    EXPECT_TRUE(outbox.hold(held(1, 1)));
    outbox.absorb(start);
    EXPECT_EQ(outbox.size(), 1U);
    outbox.push(message(5, 1));
    outbox.absorb(start);
    EXPECT_EQ(deliver(outbox, now), Payloads{"5"});
    outbox.drop(held(1, 1));  // a better one
    outbox.hold(held(2, 2));
    outbox.absorb(start);
    outbox.hold(held(3, 3));
    outbox.drop(held(3, 3));  // at once
    outbox.hold(held(4, 4));
    outbox.absorb(start);
    EXPECT_TRUE(deliver(outbox, now).empty());
    EXPECT_EQ(outbox.size(), 2U);
    outbox.push(held(2, 2));
    outbox.absorb(start);
    EXPECT_EQ(deliver(outbox, now), Payloads{"2"});
    outbox.offline(start);
    outbox.online(start);  // the broker was away: what is held stays
    outbox.push(message(6, 1));
    outbox.absorb(start);
    EXPECT_EQ(deliver(outbox, now), Payloads{"6"});
    outbox.offline(start);
    outbox.push(held(4, 4));
    outbox.absorb(start);
    outbox.online(start);
    EXPECT_EQ(deliver(outbox, now), Payloads{"4"});
    outbox.tick(now + seconds{10});
    EXPECT_EQ(outbox.size(), 0U);
    EXPECT_EQ(outbox.dropped(), 0U);
}

TEST(Outbox, WhatIsHeldSurvivesTheEndOfTheProcess) {
    const Folder folder;
    {
        Outbox outbox{on_disk(folder)};
        outbox.online(start);
        outbox.hold(held(1, 1));
        outbox.hold(held(2, 2));
        outbox.drop(held(1, 1));
        outbox.absorb(start);
    }
    Outbox outbox{on_disk(folder)};
    outbox.online(start);
    EXPECT_EQ(deliver(outbox, steady_clock::now()), Payloads{"2"});
}

/// A bound that takes it from the store takes nothing: it is in hand.
TEST(Outbox, WhatIsHeldIsNotCountedAsDropped) {
    const Folder folder;
    Outbox outbox{on_disk(folder, {2 * (5 + 1), seconds{1000}})};  // two messages
    outbox.online(start);
    outbox.hold(held(1, 1));
    outbox.hold(held(2, 2));
    outbox.absorb(start);
    for (int i = 5; i < 7; ++i) outbox.push(message(i, 1));
    outbox.absorb(start);
    EXPECT_EQ(outbox.dropped(), 0U);
    outbox.push(held(2, 2));
    outbox.drop(held(1, 1));
    outbox.absorb(start);
    EXPECT_EQ(outbox.dropped(), 1U);  // 5, which nobody had taken
    EXPECT_EQ(deliver(outbox, steady_clock::now()), (Payloads{"6", "2"}));
    outbox.tick(steady_clock::now() + seconds{10});
    EXPECT_EQ(outbox.size(), 0U);
    EXPECT_EQ(outbox.dropped(), 1U);
}

/// Its way is through memory only, and once.
TEST(Outbox, WhatNeedNotArriveIsNotHeld) {
    const Folder folder;
    Outbox disk{on_disk(folder)}, memory{in_memory()};
    EXPECT_FALSE(disk.hold(held(1, 1, 0)));
    EXPECT_FALSE(memory.hold(held(1, 1)));
    for (Outbox* outbox : {&disk, &memory}) {
        outbox->online(start);
        outbox->push(held(1, 1, 0));
        outbox->absorb(start);
        EXPECT_EQ(deliver(*outbox, steady_clock::now()), Payloads{"1"});
    }
}

TEST(Outbox, SurvivesTheEndOfTheProcess) {
    const Folder folder;
    {
        Outbox outbox{on_disk(folder)};
        outbox.online(start);
        for (int i = 0; i < 5; ++i) outbox.push(message(i, 1));
        outbox.absorb(start);
        const auto item = outbox.next(steady_clock::now());
        EXPECT_EQ(item->message.payload, "0");
        // Nothing more: neither flush nor offline, as after kill -9.
    }
    Outbox outbox{on_disk(folder)};
    EXPECT_EQ(outbox.size(), 5U);
    outbox.push(message(5, 1));
    outbox.absorb(start);
    outbox.online(start + seconds{1});
    EXPECT_EQ(deliver(outbox, steady_clock::now()), (Payloads{"0", "1", "2", "3", "4", "5"}));
}

TEST(Outbox, DeliveriesReachTheDiskInBatches) {
    const Folder folder;
    const SteadyTime now = steady_clock::now();
    {
        Outbox outbox{on_disk(folder)};
        outbox.online(start);
        for (int i = 0; i < 70; ++i) outbox.push(message(i, 1));
        outbox.absorb(start);
        deliver(outbox, now);
        EXPECT_EQ(outbox.size(), 0U);
        EXPECT_LE(outbox.due(), now + seconds{2});
    }
    {
        Outbox outbox{on_disk(folder)};
        EXPECT_EQ(outbox.size(), 6U);  // at least once: the last few were not yet told to the disk
        outbox.online(start);
        deliver(outbox, now);
        outbox.tick(now + seconds{3});
        EXPECT_EQ(outbox.due(), SteadyTime::max());
    }
    EXPECT_EQ(Outbox{on_disk(folder)}.size(), 0U);
}

TEST(Outbox, QuickDeliveriesNeverTouchTheDisk) {
    const Folder folder;
    Outbox outbox{on_disk(folder)};
    outbox.online(start);
    const auto size = [&] { return std::filesystem::file_size(folder.file() + "-wal"); };
    const auto before = size();
    for (int i = 0; i < 1000; ++i) {
        outbox.push(message(i));
        outbox.absorb(start);
        deliver(outbox, steady_clock::now());
    }
    EXPECT_EQ(size(), before);
}

TEST(DiskStore, IsBoundedInBytesAndAge) {
    const Folder folder;
    auto store = open(folder, {1000, seconds{100}});
    MessageId id = 0;
    for (int i = 0; i < 30; ++i) {
        const Stored stored{++id, {"topic", std::string(95, 'x'), 0, false}};
        ASSERT_TRUE(store->insert({stored}, {}, start + seconds{i}));
    }
    EXPECT_EQ(store->size(), 10U);
    EXPECT_EQ(store->dropped(), 20U);
    EXPECT_EQ(store->read(0, no_message, 100).front().id, 21U);
    ASSERT_TRUE(store->insert({{++id, message(1)}}, {}, start + seconds{125}));
    EXPECT_EQ(store->read(0, no_message, 100).front().id, 26U);
    EXPECT_EQ(store->dropped(), 25U);
    store.reset();
    store = open(folder, {1000, seconds{100}}, start + seconds{1000});
    EXPECT_EQ(store->size(), 0U);
}

TEST(DiskStore, KeepsAllBytesAndNobodyElseReadsThem) {
    const Folder folder;
    auto store = open(folder);
    const std::string payload{"a\0b\xFF", 4};
    ASSERT_TRUE(store->insert({{7, {"t/\xC3\xA4", payload, 2, true}}}, {}, start));
    EXPECT_EQ(store->first_after(start - seconds{1}), 7U);
    EXPECT_EQ(store->first_after(start), no_message);
    const auto read = store->read(0, no_message, 10);
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].message.payload, payload);
    EXPECT_EQ(read[0].message.topic, "t/\xC3\xA4");
    EXPECT_EQ(read[0].message.qos, 2);
    EXPECT_TRUE(read[0].message.retain);
    using std::filesystem::perms;
    for (const char* suffix : {"", "-wal"})
        EXPECT_EQ(std::filesystem::status(folder.file() + suffix).permissions(),
                  perms::owner_read | perms::owner_write);
    // A second process is told, and leaves it alone.
    EXPECT_FALSE(DiskStore::open(folder.file(), {}, start));
}

TEST(DiskStore, RefusesWhatIsNoOutbox) {
    const Folder folder;
    {
        FILE* file = std::fopen(folder.file().c_str(), "w");
        for (int i = 0; i < 500; ++i) std::fputs("this is no database\n", file);
        std::fclose(file);
    }
    const auto store = DiskStore::open(folder.file(), {}, start);
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().message.find(folder.file()), std::string::npos);
    EXPECT_FALSE(DiskStore::open("/no/such/folder/a.outbox", {}, start));
}

class BrokenStore : public MemoryStore {
public:
    using MemoryStore::MemoryStore;
    Result<void> insert(const std::vector<Stored>& messages, std::span<const MessageId> delivered,
                        WallTime now) override {
        if (broken) return fail("disk full");
        return MemoryStore::insert(messages, delivered, now);
    }
    bool broken = false;
};

TEST(FallbackStore, MemoryTakesWhatTheDiskDoesNot) {
    auto disk = std::make_unique<BrokenStore>(100);
    BrokenStore& broken = *disk;
    Payloads errors;
    Outbox::Options options;
    options.durable = true;
    options.replay_rate = 0;
    options.store = std::make_unique<FallbackStore>(
        std::move(disk), 100, [&](const std::string& error) { errors.push_back(error); });
    Outbox outbox{std::move(options)};
    for (int i = 0; i < 9; ++i) {
        broken.broken = i >= 3 && i < 6;
        outbox.push(message(i));
        outbox.absorb(start);
    }
    EXPECT_EQ(errors, (Payloads{"disk full"}));
    outbox.online(start + seconds{1});
    EXPECT_EQ(deliver(outbox, steady_clock::now()),
              (Payloads{"0", "1", "2", "3", "4", "5", "6", "7", "8"}));
    outbox.tick(steady_clock::now() + seconds{5});
    EXPECT_EQ(outbox.size(), 0U);
}

TEST(DiskStore, AFullDiskMultipliesNothing) {
    const Folder folder;
    Outbox::Options options = on_disk(folder);
    options.replay_rate = 0;
    Outbox outbox{std::move(options)};
    for (int i = 0; i < 3; ++i) outbox.push({"topic", std::string(20'000, 'x') + std::to_string(i)});
    outbox.absorb(start);
    outbox.online(start);
    SteadyTime now = steady_clock::now();
    {
        const FullDisk full;
        EXPECT_EQ(deliver(outbox, now).size(), 3U);
        for (int i = 0; i < 5; ++i) {
            outbox.tick(now += seconds{5});
            outbox.offline(start);
            EXPECT_EQ(outbox.size(), 0U);
            outbox.online(start);
            EXPECT_EQ(deliver(outbox, now).size(), 0U);
        }
    }
    EXPECT_EQ(outbox.dropped(), 0U);
    outbox.offline(start);
    for (int i = 5; i < 8; ++i) outbox.push(message(i));
    outbox.absorb(start);
    EXPECT_EQ(outbox.size(), 3U);
    outbox.online(start);
    EXPECT_EQ(deliver(outbox, now), (Payloads{"5", "6", "7"}));
}

}  // namespace
}  // namespace meshcore::bridge
