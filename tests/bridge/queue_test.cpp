// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge/mqtt/queue.h"

#include <gtest/gtest.h>

namespace meshcore::bridge {
namespace {

Message message(int number) {
    return {"topic", std::to_string(number)};
}

std::vector<std::string> drain(Queue& queue) {
    std::vector<std::string> payloads;
    while (auto item = queue.take()) {
        payloads.push_back(item->message.payload);
        queue.done(item->id);
    }
    return payloads;
}

TEST(Queue, KeepsTheOrderAndWakesOnce) {
    Queue queue{10};
    EXPECT_TRUE(queue.push(message(1)));
    EXPECT_FALSE(queue.push(message(2)));
    EXPECT_EQ(drain(queue), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(queue.size(), 0U);
    EXPECT_TRUE(queue.push(message(3)));
}

TEST(Queue, DropsTheOldestAndCounts) {
    Queue queue{3};
    for (int i = 0; i < 10; ++i) queue.push(message(i));
    EXPECT_EQ(queue.size(), 3U);
    EXPECT_EQ(queue.dropped(), 7U);
    EXPECT_EQ(drain(queue), (std::vector<std::string>{"7", "8", "9"}));
}

TEST(Queue, WhatIsUnderWayIsNotDropped) {
    Queue queue{2};
    queue.push(message(1));
    queue.push(message(2));
    const auto first = queue.take();
    const auto second = queue.take();
    queue.push(message(3));
    EXPECT_EQ(queue.dropped(), 1U);
    queue.rewind();
    EXPECT_EQ(drain(queue), (std::vector<std::string>{"1", "2"}));
    EXPECT_TRUE(first && second);
}

TEST(Queue, RewindsWhatIsNotDelivered) {
    Queue queue{10};
    for (int i = 1; i <= 4; ++i) queue.push(message(i));
    queue.take();
    const auto second = queue.take();
    queue.take();
    queue.done(second->id);  // acknowledged out of order
    EXPECT_EQ(queue.size(), 3U);
    queue.done(second->id);  // a second acknowledgement changes nothing
    queue.rewind();
    EXPECT_EQ(drain(queue), (std::vector<std::string>{"1", "3", "4"}));
}

}  // namespace
}  // namespace meshcore::bridge
