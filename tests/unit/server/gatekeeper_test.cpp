// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/gatekeeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/error.hpp"

namespace webrtcserver {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class GatekeeperTest : public ::testing::Test {
 protected:
  ~GatekeeperTest() override {
    kept_.clear();
    loop_.call([] {});
  }

  void set_ask() {
    loop_.call([this] {
      keeper_.set_ask(this, [this](const std::shared_ptr<Admission>& admission) {
        kept_.push_back(admission);
        return takes_;
      });
    });
  }
  GateDecision decide(const std::string& address = "") {
    HttpRequest request;
    request.peer_address = address;
    return loop_.call([&] { return keeper_.decide(request); });
  }
  void come(const std::string& address = "") {
    const auto decision = decide(address);
    loop_.call([&] {
      std::get<GateLater>(decision).ask([this](const GateAnswer& answer) {
        const auto* refusal = std::get_if<HttpResponse>(&answer);
        answers_.push_back(refusal ? refusal->status : 200);
      });
    });
    loop_.call([] {});  // what has been answered is here
  }

  LoopThread loop_{"test"};
  Authorizer authorizer_{""};
  Gatekeeper keeper_{loop_, authorizer_, [](const HttpRequest&) { return std::nullopt; }};
  bool takes_ = true;
  std::vector<std::shared_ptr<Admission>> kept_;
  std::vector<int> answers_;
};

TEST_F(GatekeeperTest, LetsNobodyInUnaskedOnceItHasAsked) {
  EXPECT_TRUE(std::holds_alternative<std::monostate>(decide()));
  set_ask();
  come();
  kept_[0]->allow(Grant::everything());
  loop_.call([] {});
  EXPECT_THAT(answers_, ElementsAre(200));
  const int other = 0;
  EXPECT_THROW(loop_.call([&] { keeper_.set_ask(&other, {}); }), Error);
  loop_.call([&] { keeper_.remove_ask(&other); });
  EXPECT_TRUE(std::holds_alternative<GateLater>(decide()));
  loop_.call([&] { keeper_.remove_ask(this); });
  EXPECT_EQ(std::get<HttpResponse>(decide()).status, 401);
}

// However the application keeps them: each has a connection.
TEST_F(GatekeeperTest, AsksAboutSoManyAtATime) {
  set_ask();
  for (unsigned i = 0; i < Gatekeeper::kMaxAsked; ++i) come();
  EXPECT_THAT(answers_, ElementsAre());
  come();
  EXPECT_THAT(answers_, ElementsAre(503));
  EXPECT_EQ(kept_.size(), Gatekeeper::kMaxAsked);
  kept_[0]->refuse("");
  kept_[1].reset();
  loop_.call([] {});
  EXPECT_THAT(answers_, ElementsAre(503, 401, 401));
  come();
  come();
  EXPECT_EQ(kept_.size(), Gatekeeper::kMaxAsked + 2);
  come();
  EXPECT_EQ(answers_.back(), 503);
}

TEST_F(GatekeeperTest, OneAddressLeavesRoomForOthers) {
  set_ask();
  for (unsigned i = 0; i < Gatekeeper::kMaxAskedOfOne; ++i) come("192.0.2.1");
  come("192.0.2.1");
  EXPECT_THAT(answers_, ElementsAre(503));
  come("192.0.2.2");
  for (unsigned i = 0; i < Gatekeeper::kMaxAskedOfOne; ++i)
    come("2001:db8::" + std::to_string(i + 1));
  EXPECT_THAT(answers_, ElementsAre(503));
  come("2001:db8::ffff");  // the same network
  EXPECT_THAT(answers_, ElementsAre(503, 503));
  come("2001:db8:0:1::1");
  for (unsigned i = 0; i < Gatekeeper::kMaxAskedOfOne + 1; ++i) come("127.0.0.1");
  EXPECT_THAT(answers_, ElementsAre(503, 503));
  kept_[0]->refuse("");
  loop_.call([] {});
  come("192.0.2.1");
  EXPECT_THAT(answers_, ElementsAre(503, 503, 401));
}

TEST_F(GatekeeperTest, PutsOffWhomNobodyTakes) {
  set_ask();
  takes_ = false;
  for (unsigned i = 0; i <= Gatekeeper::kMaxAsked; ++i) come();
  EXPECT_EQ(kept_.size(), Gatekeeper::kMaxAsked + 1);
  EXPECT_THAT(answers_, Not(Contains(200)));
}

}  // namespace
}  // namespace webrtcserver
