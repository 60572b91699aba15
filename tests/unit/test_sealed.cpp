// SPDX-License-Identifier: GPL-2.0-or-later
// What is inside the encryption, where no capture and no vector shows it.
#include "tests/support/sealed.h"
#include "tests/unit/support.h"

namespace meshcore::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Decodes frames between two nodes without a known role.
class Between {
public:
    const Dissection& hear(PayloadType type, std::string_view plaintext, bool back = false) {
        frame_ = packet(world_, static_cast<std::uint8_t>(type), back, hex(plaintext));
        dissect(frame_, world_.keys, memory_, out_);
        memory_.learn(out_);
        return out_;
    }

private:
    World world_;
    Memory memory_{world_.keys};
    Buffer frame_;
    Dissection out_;
};

std::string password_of(const Dissection& frame) {
    const Node* password = frame.find("meshcore.anon_req.password"_f);
    return password ? std::string{frame.text(password->slice())} : "none";
}

struct Login {
    const char* plaintext;
    const char* password;
    bool room;
};

// After the timestamp: a password, or a time before it.
constexpr Login logins[] = {
    {"00112233"
     "70617373776f7264",
     "password", false},
    {"00112233"
     "6162",
     "ab", false},
    {"00112233"
     "",
     "", false},
    {"00112233"
     "c3b16f",
     "ño", false},
    {"00112233"
     "00000000"
     "70617373",
     "pass", true},
    {"00112233"
     "01a0b168"
     "70617373",
     "pass", true},  // begins like a request for regions
    {"00112233"
     "0200b168"
     "70617373",
     "pass", true},
    {"00112233"
     "1ba0b168"
     "70617373",
     "pass", true},
    {"00112233"
     "1ba0b168"
     "",
     "", true},
};

TEST(SealedTest, ALoginToANodeOfUnknownRole) {
    for (const Login& login : logins) {
        Between nodes;
        const Dissection& frame = nodes.hear(PayloadType::anon_req, login.plaintext);
        EXPECT_EQ(password_of(frame), login.password) << login.plaintext;
        EXPECT_EQ(frame.find("meshcore.anon_req.since"_f) != nullptr, login.room) << login.plaintext;
        EXPECT_TRUE(frame.find("meshcore.resp.assumed"_f)) << login.plaintext;
        EXPECT_THAT(frame.notes(), IsEmpty()) << login.plaintext;
    }
}

TEST(SealedTest, ASubRequestToANodeOfUnknownRole) {
    for (const char* plaintext : {"00112233"
                                  "01"
                                  "00",
                                  "00112233"
                                  "02"
                                  "03a1b2c3",
                                  "00112233"
                                  "03"
                                  "41a1b2"}) {
        Between nodes;
        const Dissection& frame = nodes.hear(PayloadType::anon_req, plaintext);
        ASSERT_TRUE(frame.find("meshcore.anon_req.type"_f)) << plaintext;
        EXPECT_THAT(frame.notes(), IsEmpty()) << plaintext;
    }
}

TEST(SealedTest, TheLoginAnswersOfOldFirmware) {
    Between nodes;
    nodes.hear(PayloadType::anon_req,
               "00112233"
               "70617373");
    const Dissection& oldest = nodes.hear(PayloadType::response,
                                          "00112240"
                                          "4f4b",
                                          true);
    EXPECT_TRUE(oldest.find("meshcore.resp.login.legacy"_f));
    const Dissection& room = nodes.hear(PayloadType::response,
                                        "00112241"
                                        "00080207"
                                        "4f4b",
                                        true);
    ASSERT_TRUE(room.find("meshcore.resp.login.unsynced"_f));
    EXPECT_EQ(room.find("meshcore.resp.login.unsynced"_f)->number, 7u);
    EXPECT_FALSE(room.find("meshcore.resp.login.permissions"_f));
    EXPECT_THAT(room.notes(), IsEmpty());
}

}  // namespace
}  // namespace meshcore::test
