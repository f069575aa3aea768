// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/key_frame_requests.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

using std::chrono::milliseconds;
using Source = KeyFrameRequests::Source;

constexpr KeyFrameRequests::TimePoint kZero{};
constexpr KeyFrameRequests::TimePoint at(int ms) {
  return kZero + milliseconds(ms);
}

TEST(KeyFrameRequests, TheFirstOneIsMadeAtOnce) {
  KeyFrameRequests requests(Source::kObeys);
  EXPECT_FALSE(requests.poll(at(0)));
  EXPECT_TRUE(requests.request(at(0)));
  EXPECT_FALSE(requests.poll(at(1)));
}

TEST(KeyFrameRequests, OnesForAKeyFrameOnItsWayAreMerged) {
  KeyFrameRequests requests(Source::kObeys);
  EXPECT_TRUE(requests.request(at(0)));
  EXPECT_FALSE(requests.request(at(10)));
  EXPECT_FALSE(requests.request(at(400)));  // past the interval, but the key frame is still to come
  requests.on_key_frame(at(410));
  EXPECT_FALSE(requests.poll(at(420)));
  EXPECT_FALSE(requests.poll(at(2000)));
}

TEST(KeyFrameRequests, OneWithinTheIntervalIsDeferredNotLost) {
  KeyFrameRequests requests(Source::kObeys);
  EXPECT_TRUE(requests.request(at(0)));
  requests.on_key_frame(at(30));
  EXPECT_FALSE(requests.request(at(100)));
  EXPECT_FALSE(requests.poll(at(299)));
  EXPECT_TRUE(requests.poll(at(300)));
  EXPECT_FALSE(requests.poll(at(301)));
}

TEST(KeyFrameRequests, ADeferredOneIsServedByAKeyFrameThatComesAnyway) {
  KeyFrameRequests requests(Source::kObeys);
  EXPECT_TRUE(requests.request(at(0)));
  requests.on_key_frame(at(30));
  EXPECT_FALSE(requests.request(at(100)));
  requests.on_key_frame(at(200));
  EXPECT_FALSE(requests.poll(at(300)));
}

TEST(KeyFrameRequests, AtMostOneIsMadePerInterval) {
  KeyFrameRequests requests(Source::kObeys);
  int made = 0;
  for (int ms = 0; ms < 3000; ms += 10) {
    if (requests.request(at(ms))) {
      ++made;
      requests.on_key_frame(at(ms));
    }
  }
  EXPECT_EQ(made, 10);
}

TEST(KeyFrameRequests, OneThatNothingCameOfIsRepeated) {
  KeyFrameRequests requests(Source::kObeys);
  EXPECT_TRUE(requests.request(at(0)));
  EXPECT_FALSE(requests.poll(at(999)));
  EXPECT_TRUE(requests.poll(at(1000)));
  EXPECT_FALSE(requests.poll(at(1999)));
  EXPECT_TRUE(requests.poll(at(2000)));
}

TEST(KeyFrameRequests, ASourceThatLetsOneWaitIgnoresThem) {
  KeyFrameRequests requests(Source::kUnknown);
  requests.on_key_frame(at(0));
  EXPECT_TRUE(requests.request(at(3000)));
  EXPECT_FALSE(requests.poll(at(3500)));
  EXPECT_EQ(requests.source(), Source::kUnknown);
  requests.poll(at(3501));
  EXPECT_EQ(requests.source(), Source::kIgnores);
  EXPECT_FALSE(requests.poll(at(9000))) << "asking again would not help";
  EXPECT_TRUE(requests.request(at(9000))) << "unless someone insists";
}

TEST(KeyFrameRequests, ASourceThatAnswersOffItsBeatObeys) {
  KeyFrameRequests requests(Source::kUnknown);
  requests.on_key_frame(at(0));
  int now = 0;
  for (const int pause : {5000, 1700, 4100}) {
    EXPECT_NE(requests.source(), Source::kObeys);
    now += pause;
    EXPECT_TRUE(requests.request(at(now)));
    now += 80;
    requests.on_key_frame(at(now));
  }
  EXPECT_EQ(requests.source(), Source::kObeys);
}

TEST(KeyFrameRequests, AShortRegularGroupOfPicturesDoesNotLookObedient) {
  KeyFrameRequests requests(Source::kUnknown);
  for (int ms = 0; ms < 60'000; ms += 50) {
    if (ms % 1000 == 0) requests.on_key_frame(at(ms));
    if (ms % 1000 == 700) requests.request(at(ms));  // the next one comes 300 ms later, by chance
    requests.poll(at(ms));
  }
  EXPECT_EQ(requests.source(), Source::kUnknown);
}

TEST(KeyFrameRequests, AnObedientSourceThatStopsObeyingIsFoundOut) {
  KeyFrameRequests requests(Source::kUnknown);
  requests.on_key_frame(at(0));
  int now = 0;
  for (const int pause : {5000, 1700, 4100}) {
    now += pause;
    requests.request(at(now));
    requests.on_key_frame(at(now += 80));
  }
  ASSERT_EQ(requests.source(), Source::kObeys);
  requests.request(at(now += 1000));
  requests.poll(at(now + 600));
  EXPECT_EQ(requests.source(), Source::kIgnores);
}

TEST(KeyFrameRequests, OurOwnEncoderIsNeverDoubted) {
  KeyFrameRequests requests(Source::kObeys);
  requests.request(at(0));
  requests.poll(at(5000));
  EXPECT_EQ(requests.source(), Source::kObeys);
}

TEST(KeyFrameRequests, AfterARestartNothingIsOnItsWay) {
  KeyFrameRequests requests(Source::kUnknown);
  EXPECT_TRUE(requests.request(at(0)));
  requests.restart();
  EXPECT_TRUE(requests.request(at(300)));
  EXPECT_EQ(requests.source(), Source::kUnknown);
}

}  // namespace
}  // namespace webrtcserver
