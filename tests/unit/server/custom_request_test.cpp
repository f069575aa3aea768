// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/custom_request.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "base/loop_thread.hpp"

namespace webrtcserver {
namespace {

using namespace std::chrono_literals;

// The status of what is answered, and that it is one answer.
class CustomRequestTest : public ::testing::Test {
 protected:
  std::shared_ptr<CustomRequest> make(std::chrono::milliseconds limit = 1h) {
    return loop_.call([&] {
      return std::make_shared<CustomRequest>(
          loop_, HttpRequest(), Grant::everything(),
          HttpReply([this](const HttpResponse& response) { status_.set_value(response.status); }),
          limit);
    });
  }

  int status() { return status_.get_future().get(); }

  LoopThread loop_{"test"};

 private:
  std::promise<int> status_;
};

TEST_F(CustomRequestTest, IsAnsweredOnce) {
  const auto request = make();
  EXPECT_TRUE(request->respond(HttpResponse::text(201, "first")));
  EXPECT_FALSE(request->respond(HttpResponse::text(202, "second")));
  EXPECT_EQ(status(), 201);
}

TEST_F(CustomRequestTest, IsAnsweredForWhoeverDropsIt) {
  make();
  EXPECT_EQ(status(), 500);
}

TEST_F(CustomRequestTest, IsAnsweredForWhoeverTakesTooLong) {
  const auto request = make(1ms);
  EXPECT_EQ(status(), 504);
  // What comes too late goes nowhere, and is no mistake.
  EXPECT_TRUE(request->respond(HttpResponse::text(200, "late")));
  loop_.call([] {});
}

}  // namespace
}  // namespace webrtcserver
