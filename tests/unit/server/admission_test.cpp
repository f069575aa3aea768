// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/admission.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "base/loop_thread.hpp"

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

class AdmissionTest : public ::testing::Test {
 protected:
  std::shared_ptr<Admission> make(std::chrono::milliseconds limit = 1h) {
    Admission::Question question;
    question.token = "the token";
    question.refusal = HttpResponse::problem(401, "No.").with("WWW-Authenticate", "Bearer");
    return loop_.call([&] {
      return std::make_shared<Admission>(
          loop_, std::move(question),
          [this](const GateAnswer& answer) { answer_.set_value(answer); }, limit);
    });
  }

  GateAnswer answer() { return answer_.get_future().get(); }
  int status() { return std::get<HttpResponse>(answer()).status; }

  LoopThread loop_{"test"};

 private:
  std::promise<GateAnswer> answer_;
};

TEST_F(AdmissionTest, AllowsForTheTokenThatCameAndUntilItExpires) {
  const auto admission = make();
  EXPECT_TRUE(admission->waits());
  Grant grant = Grant::everything();
  grant.token = "another";
  grant.expires = 17;
  EXPECT_TRUE(admission->allow(grant));
  EXPECT_FALSE(admission->waits());
  EXPECT_FALSE(admission->refuse("second"));
  const Grant given = std::get<Grant>(answer());
  EXPECT_EQ(given.token, "the token");
  EXPECT_EQ(given.expires, 17);
  EXPECT_TRUE(given.lasting);
}

TEST_F(AdmissionTest, RefusesAsTheServerWould) {
  EXPECT_TRUE(make()->refuse("Not today."));
  const auto refusal = std::get<HttpResponse>(answer());
  EXPECT_EQ(refusal.status, 401);
  EXPECT_EQ(refusal.headers.size(), 2U);
  EXPECT_EQ(refusal.headers.back().second, "Bearer");
}

TEST_F(AdmissionTest, DoesNotLetInForWhoeverDropsIt) {
  make();
  EXPECT_EQ(status(), 401);
}

TEST_F(AdmissionTest, DoesNotLetInForWhoeverTakesTooLong) {
  const auto admission = make(1ms);
  EXPECT_EQ(status(), 503);
  EXPECT_FALSE(admission->waits());
  // What comes too late goes nowhere, and is no mistake.
  EXPECT_TRUE(admission->allow(Grant::everything()));
  loop_.call([] {});
}

TEST_F(AdmissionTest, IsPutOffWhereNobodyCanBeAsked) {
  make()->put_off();
  EXPECT_EQ(status(), 503);
}

}  // namespace
}  // namespace webrtcserver
