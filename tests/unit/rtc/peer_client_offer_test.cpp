// SPDX-License-Identifier: LGPL-2.1-or-later
// One Peer offers and another takes it for a client that does: both halves of the protocol, with
// media.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <agent.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>

#include "rtc/nice_agent.hpp"
#include "rtc/peer.hpp"
#include "support/packet_recorder.hpp"
#include "support/patience.hpp"
#include "support/peer_listener.hpp"
#include "support/rtp_frames.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver {
namespace {

using test::PacketRecorder;
using test::PeerListener;
using testing::HasSubstr;

Format format(const char* codec) {
  return {find_codec(codec), find_codec(codec)->fmtp};
}

class PeerClientOfferTest : public testing::Test {
 protected:
  ~PeerClientOfferTest() override {
    for (const auto* side : {&client_, &server_})
      if (side->peer) PeerListener::close(*side->peer);
  }

  struct Side {
    std::shared_ptr<PeerListener> listener = std::make_shared<PeerListener>();
    std::shared_ptr<Peer> peer;
  };

  void make(Side& side, std::vector<Peer::Media> media, const std::string& client_offer = {}) {
    Peer::Settings settings;
    settings.name = "test";
    settings.stream = "stream";
    settings.media = std::move(media);
    settings.client_offer = client_offer;
    settings.ice.local_addresses = {"127.0.0.1"};
    settings.clock = clock_;
    side.peer = Peer::create(std::move(settings), side.listener);
  }

  static Peer::Media sent(MediaKind kind, std::vector<Format> formats) {
    return {kind, to_string(kind), std::move(formats)};
  }

  Peer::Media received(MediaKind kind, std::vector<Format> formats) {
    return {kind, to_string(kind), std::move(formats), recorder_};
  }

  static std::string description_of(Side& side) {
    side.peer->start();
    EXPECT_TRUE(side.listener->wait([](const auto& seen) { return !seen.offer.empty(); }));
    return side.listener->seen().offer;
  }

  // Candidates go both ways as they are found.
  void connect(std::vector<Peer::Media> client_media, std::vector<Peer::Media> server_media) {
    make(client_, std::move(client_media));
    const std::string offer = description_of(client_);
    make(server_, std::move(server_media), offer);
    client_.listener->set_candidate_handler(give_to(server_.peer));
    server_.listener->set_candidate_handler(give_to(client_.peer));
    client_.peer->set_answer(description_of(server_));
    for (const std::string& candidate : client_.listener->seen().candidates)
      server_.peer->add_candidate(0, candidate);
    for (Side* side : {&client_, &server_})
      ASSERT_TRUE(side->listener->wait([](const auto& seen) { return seen.connected; }));
  }

  static PeerListener::CandidateHandler give_to(const std::shared_ptr<Peer>& peer) {
    return [weak = std::weak_ptr<Peer>(peer)](unsigned, const std::string& candidate) {
      if (const auto target = weak.lock()) target->add_candidate(0, candidate);
    };
  }

  // Pictures that begin with a key frame, and some of them arrive.
  bool flows(const Side& from, std::size_t feed = 0) {
    const std::size_t before = recorder_->seen().sequence.size();
    push(from, feed);
    return recorder_->wait_packets(before + 10);
  }

  void push(const Side& from, std::size_t feed) {
    time_ = std::max(time_, gst_clock_get_time(clock_.get()));
    for (unsigned i = 0; i < 10; ++i) {
      time_ += GST_MSECOND;
      from.peer->feeds()[feed]->push(
          test::make_frame({.time = time_, .key_frame = i == 0, .packets = 2}));
    }
  }

  const Ref<GstClock> clock_ = Ref<GstClock>::adopt(gst_system_clock_obtain());
  const std::shared_ptr<PacketRecorder> recorder_ = std::make_shared<PacketRecorder>();
  GstClockTime time_ = 0;
  Side client_;
  Side server_;
};

// libnice's agent of a side, whose first component says when it has a path.
class Agent {
 public:
  explicit Agent(const Peer& peer) : agent_(nice_agent_of(peer.webrtcbin().get())) {
    handler_ = g_signal_connect(agent_.get(), "component-state-changed",
                                G_CALLBACK(+[](NiceAgent*, guint, guint, guint state, Agent* self) {
                                  const std::scoped_lock lock(self->mutex_);
                                  self->states_.push_back(state);
                                  self->changed_.notify_all();
                                }),
                                this);
  }
  ~Agent() { g_signal_handler_disconnect(agent_.get(), handler_); }

  NiceAgent* get() const { return NICE_AGENT(agent_.get()); }

  IceCredentials credentials() const {
    gchar* ufrag = nullptr;
    gchar* pwd = nullptr;
    EXPECT_TRUE(nice_agent_get_local_credentials(get(), 1, &ufrag, &pwd));
    return {take_string(ufrag), take_string(pwd)};
  }

  bool wait_ready() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, test::kPatience, [this] {
      return !states_.empty() && states_.back() == NICE_COMPONENT_STATE_READY;
    });
  }

 private:
  const Ref<GObject> agent_;
  gulong handler_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<guint> states_;  // guarded by mutex_
};

std::optional<IceRestart> restart(Peer& peer, const IceCredentials& remote) {
  std::promise<std::optional<IceRestart>> promise;
  peer.restart_ice(remote, [&](std::optional<IceRestart> restarted) {
    promise.set_value(std::move(restarted));
  });
  return promise.get_future().get();
}

TEST_F(PeerClientOfferTest, SendsToAClientThatOffers) {
  ASSERT_NO_FATAL_FAILURE(connect({received(MediaKind::kVideo, {format("VP8"), format("H264")})},
                                  {sent(MediaKind::kVideo, {format("H264"), format("VP8")})}));
  EXPECT_TRUE(flows(server_));
  EXPECT_THAT(recorder_->seen().codecs, testing::ElementsAre("H264"));  // the server's preference
  EXPECT_THAT(server_.listener->seen().negotiated,
              testing::ElementsAre(testing::Field(&Codec::name, testing::StrEq("H264"))));
}

TEST_F(PeerClientOfferTest, ReceivesFromAClientThatOffers) {
  ASSERT_NO_FATAL_FAILURE(connect({sent(MediaKind::kVideo, {format("VP8")})},
                                  {received(MediaKind::kVideo, {format("H264"), format("VP8")})}));
  EXPECT_TRUE(flows(client_));
  EXPECT_THAT(recorder_->seen().codecs, testing::ElementsAre("VP8"));
}

// The client's sound comes first, and the server has none.
TEST_F(PeerClientOfferTest, PairsMediaWhateverTheirOrder) {
  ASSERT_NO_FATAL_FAILURE(connect(
      {received(MediaKind::kAudio, {format("OPUS")}), received(MediaKind::kVideo, {format("VP8")})},
      {sent(MediaKind::kVideo, {format("VP8")}), sent(MediaKind::kAudio, {format("OPUS")})}));
  EXPECT_TRUE(flows(server_, 0));
  EXPECT_THAT(recorder_->seen().codecs, testing::ElementsAre("VP8"));
  push(server_, 1);
  EXPECT_TRUE(recorder_->wait([](const auto& seen) { return seen.codecs.count("OPUS") > 0; }));
}

// The one who offers leads (RFC 8445, section 6.1.1), and webrtcbin thinks it does.
TEST_F(PeerClientOfferTest, LeavesTheLeadToTheClient) {
  ASSERT_NO_FATAL_FAILURE(connect({received(MediaKind::kVideo, {format("VP8")})},
                                  {sent(MediaKind::kVideo, {format("VP8")})}));
  const auto controls = [](const Side& side) {
    gboolean controlling = FALSE;
    g_object_get(nice_agent_of(side.peer->webrtcbin().get()).get(), "controlling-mode",
                 &controlling, nullptr);
    return controlling != FALSE;
  };
  EXPECT_TRUE(controls(client_));
  EXPECT_FALSE(controls(server_));
}

TEST_F(PeerClientOfferTest, SaysWhenAllCandidatesAreFound) {
  make(server_, {sent(MediaKind::kVideo, {format("VP8")})}, test::kChromiumViewer);
  const std::string answer = description_of(server_);
  EXPECT_THAT(answer, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 96 97"));
  ASSERT_TRUE(server_.listener->wait([](const auto& seen) { return seen.gathered; }));
  EXPECT_THAT(server_.listener->seen().candidates, testing::Not(testing::IsEmpty()));
}

TEST_F(PeerClientOfferTest, AnOfferThatIsNoneFailsThePeer) {
  make(server_, {sent(MediaKind::kVideo, {format("VP8")})}, "v=0\r\n");
  server_.peer->start();
  ASSERT_TRUE(server_.listener->wait([](const auto& seen) { return !seen.failures.empty(); }));
  EXPECT_EQ(server_.listener->seen().failures.front().failure, Peer::Failure::kSdp);
}

TEST_F(PeerClientOfferTest, AnOfferWithoutACommonCodecSaysWhatThereIs) {
  make(server_, {received(MediaKind::kVideo, {format("VP8")})}, test::kChromiumViewer);
  server_.peer->start();
  ASSERT_TRUE(server_.listener->wait([](const auto& seen) { return !seen.failures.empty(); }));
  EXPECT_EQ(server_.listener->seen().failures.front().failure, Peer::Failure::kNoCommonCodec);
  EXPECT_THAT(server_.listener->seen().failures.front().message, HasSubstr("VP8"));
}

TEST_F(PeerClientOfferTest, MediaGoesOnAfterAnIceRestart) {
  ASSERT_NO_FATAL_FAILURE(connect({received(MediaKind::kVideo, {format("VP8")})},
                                  {sent(MediaKind::kVideo, {format("VP8")})}));
  ASSERT_TRUE(flows(server_));
  Agent client(*client_.peer);
  Agent server(*server_.peer);
  const IceCredentials before = server.credentials();

  // What a browser does in restartIce().
  ASSERT_TRUE(nice_agent_restart_stream(client.get(), 1));
  const auto restarted = restart(*server_.peer, client.credentials());
  ASSERT_TRUE(restarted);
  EXPECT_NE(restarted->credentials, before);
  EXPECT_EQ(restarted->credentials, server.credentials());
  ASSERT_THAT(restarted->candidates, testing::Not(testing::IsEmpty()));
  nice_agent_set_remote_credentials(client.get(), 1, restarted->credentials.ufrag.c_str(),
                                    restarted->credentials.pwd.c_str());
  for (const std::string& candidate : restarted->candidates)
    client_.peer->add_candidate(0, candidate);

  EXPECT_TRUE(client.wait_ready());
  EXPECT_TRUE(server.wait_ready());
  EXPECT_TRUE(flows(server_));
  EXPECT_THAT(server_.listener->seen().failures, testing::IsEmpty());
}

TEST_F(PeerClientOfferTest, NothingIsRestartedBeforeThereIsAPath) {
  make(server_, {sent(MediaKind::kVideo, {format("VP8")})});
  EXPECT_FALSE(restart(*server_.peer, {"ufrag", "0123456789012345678901"}));
}

}  // namespace
}  // namespace webrtcserver
