// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/stopping.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/patience.hpp"

namespace webrtcserver {
namespace {

TEST(Stopping, WhatHangsHoldsUpNeitherTheOthersNorWhoWaits) {
  const auto release = std::make_shared<Completion>();
  const auto gone = std::make_shared<Completion>();
  const auto others = std::make_shared<Completion>();
  Stopping stopping;
  stopping.add([release, gone] {
    release->wait_until(Completion::Clock::now() + 10 * test::kPatience);
    gone->set();
  });
  stopping.add([others] { others->set(); });
  EXPECT_FALSE(stopping.wait_until(Completion::Clock::now()));
  EXPECT_TRUE(others->wait_until(Completion::Clock::now() + test::kPatience));
  release->set();
  EXPECT_TRUE(stopping.wait_until(Completion::Clock::now() + test::kPatience));
  EXPECT_TRUE(gone->wait_until(Completion::Clock::now()));
}

TEST(Stopping, NothingIsAtOnce) {
  EXPECT_TRUE(Stopping().wait_until(Completion::Clock::now()));
}

}  // namespace
}  // namespace webrtcserver
