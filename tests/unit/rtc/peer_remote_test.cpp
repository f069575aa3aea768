// SPDX-License-Identifier: LGPL-2.1-or-later
// A peer whose other side is no browser: without a data channel, and watched.
#include <gmock/gmock.h>

#include "peer_fixture.hpp"
#include "support/packet_recorder.hpp"

namespace webrtcserver {
namespace {

using test::format;
using ::testing::HasSubstr;
using ::testing::Not;

class RemoteSideTest : public test::PeerTest {
 protected:
  void make_watched_peer(std::shared_ptr<PacketSink> sink = nullptr) {
    Peer::Settings settings;
    settings.name = "test";
    settings.stream = "stream";
    settings.media = {{MediaKind::kVideo, "video_0", {format("H264")}, std::move(sink)}};
    settings.ice.local_addresses = {"127.0.0.1"};
    settings.clock = clock_;
    settings.data_channel = false;
    settings.watch_connection = true;
    make_peer(std::move(settings));
  }
};

TEST_F(RemoteSideTest, GetsNoDataChannelAndConnects) {
  make_watched_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  EXPECT_THAT(offer_, Not(HasSubstr("m=application")));
  EXPECT_FALSE(peer_->can_send());
  push(0, 3, 2);
  EXPECT_TRUE(remote_->wait([](const auto& counts) { return !counts.empty(); }));
}

TEST_F(RemoteSideTest, KnowsWhenAllCandidatesAreThere) {
  make_watched_peer();
  ASSERT_NO_FATAL_FAILURE(offer(remote_settings()));
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.gathered; }));
}

TEST_F(RemoteSideTest, SaysWhenDtlsEnds) {
  make_watched_peer();
  ASSERT_NO_FATAL_FAILURE(connect(remote_settings()));
  remote_->hang_up();
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return seen.closed; }));
}

TEST_F(RemoteSideTest, TellsForHowLongNothingHasCome) {
  const auto sink = std::make_shared<test::PacketRecorder>();
  make_watched_peer(sink);
  EXPECT_EQ(peer_->silence().count(), 0) << "nothing can have been expected yet";
  auto camera = remote_settings();
  camera.sources = {
      {"video",
       "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1",
       {}}};
  ASSERT_NO_FATAL_FAILURE(connect(std::move(camera)));
  ASSERT_TRUE(sink->wait_packets(1));
  remote_.reset();
  const auto first = peer_->silence();
  EXPECT_GT(first.count(), 0);
  EXPECT_GE(peer_->silence(), first);
}

}  // namespace
}  // namespace webrtcserver
