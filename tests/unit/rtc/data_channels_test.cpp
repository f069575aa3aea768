// SPDX-License-Identifier: LGPL-2.1-or-later
// A Peer's data channels against a real webrtcbin on the loopback interface, which plays the
// browser.
#include "rtc/data_channels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <thread>

#include "peer_fixture.hpp"
#include "support/packet_recorder.hpp"
#include "support/patience.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver {
namespace {

using test::format;
using test::PeerTest;
using test::RemotePeer;
using testing::AnyOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class DataChannelTest : public PeerTest {
 protected:
  void connect_peer(RemotePeer::Data data = RemotePeer::Data::kTake) {
    make_peer({{MediaKind::kVideo, "video_0", {format("VP8")}}});
    auto settings = remote_settings();
    settings.data = data;
    ASSERT_NO_FATAL_FAILURE(connect(std::move(settings)));
  }

  void open() {
    ASSERT_NO_FATAL_FAILURE(connect_peer());
    ASSERT_EQ(remote_->channel().wait_label(), "control");
    // Ours opens a moment before or after.
    ASSERT_TRUE(comes_true([this] { return peer_->can_send(); }));
  }

  void open_both() {
    lossy_ = true;
    ASSERT_NO_FATAL_FAILURE(open());
    ASSERT_EQ(remote_->lossy_channel().wait_label(), "lossy");
    ASSERT_TRUE(arrives("first"));
  }

  // Said until it is heard: what is lost, as it may be on a busy machine, is not sent again.
  bool arrives(const std::string& text) {
    return comes_true([&] {
      peer_->send_lossy(text);
      const auto heard = remote_->lossy_channel().heard(0);
      return std::find(heard.begin(), heard.end(), text) != heard.end();
    });
  }

  static bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return false;
  }

  bool hears(std::size_t count) {
    return listener_->wait([=](const auto& seen) { return seen.messages.size() >= count; });
  }
};

TEST_F(DataChannelTest, CarriesTextBothWays) {
  ASSERT_NO_FATAL_FAILURE(open());
  EXPECT_TRUE(peer_->send("{\"a\":\"ä\"}"));
  EXPECT_TRUE(peer_->send("2"));
  EXPECT_THAT(remote_->channel().heard(2), ElementsAre("{\"a\":\"ä\"}", "2"));
  remote_->channel().say("one");
  ASSERT_TRUE(hears(1));
  const auto seen = listener_->seen();
  EXPECT_EQ(seen.messages[0].text, "one");
  EXPECT_EQ(seen.messages[0].fault, DataChannel::Fault::kNone);
}

TEST_F(DataChannelTest, IsOfferedOnTheTransportOfTheMedia) {
  ASSERT_NO_FATAL_FAILURE(open());
  EXPECT_THAT(offer_, HasSubstr("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT(offer_, Not(HasSubstr("bundle-only")));
}

TEST_F(DataChannelTest, ABrowserThatRejectsItHasItsMedia) {
  ASSERT_NO_FATAL_FAILURE(connect_peer(RemotePeer::Data::kReject));
  EXPECT_FALSE(peer_->send("x"));
  push(0, 3, 2);
  EXPECT_TRUE(remote_->wait([](const auto& counts) { return !counts.empty(); }));
  EXPECT_THAT(listener_->seen().failures, SizeIs(0));
}

TEST_F(DataChannelTest, ABrowserThatIgnoresItHasItsMedia) {
  ASSERT_NO_FATAL_FAILURE(connect_peer(RemotePeer::Data::kIgnore));
  EXPECT_FALSE(peer_->send("x"));
  push(0, 3, 2);
  EXPECT_TRUE(remote_->wait([](const auto& counts) { return !counts.empty(); }));
  EXPECT_THAT(listener_->seen().failures, SizeIs(0));
}

TEST_F(DataChannelTest, RefusesWhatIsTooLargeAndGoesOn) {
  ASSERT_NO_FATAL_FAILURE(open());
  remote_->channel().say(std::string(DataChannel::kMaxReceived, 'x'));
  remote_->channel().say(std::string(DataChannel::kMaxReceived + 1, 'y'));
  remote_->channel().say_bytes();
  remote_->channel().say("small");
  ASSERT_TRUE(hears(4));
  const auto messages = listener_->seen().messages;
  EXPECT_EQ(messages[0].fault, DataChannel::Fault::kNone);
  EXPECT_THAT(messages[0].text, SizeIs(DataChannel::kMaxReceived));
  EXPECT_EQ(messages[1].fault, DataChannel::Fault::kTooLarge);
  EXPECT_THAT(messages[1].text, SizeIs(testing::Le(64U)));
  EXPECT_EQ(messages[2].fault, DataChannel::Fault::kBinary);
  EXPECT_EQ(messages[3].text, "small");
}

TEST_F(DataChannelTest, AFloodIsRefused) {
  ASSERT_NO_FATAL_FAILURE(open());
  // Far more than the rate lets through in the time that sending them takes, however slow that is:
  // each costs less than a 200th of a second, and the burst is 400.
  constexpr int kFlood = 20'000;
  for (int i = 0; i < kFlood; ++i) remote_->channel().say("x");
  ASSERT_TRUE(listener_->wait([](const auto& seen) {
    return std::any_of(seen.messages.begin(), seen.messages.end(), [](const auto& message) {
      return message.fault == DataChannel::Fault::kTooFast;
    });
  }));
  EXPECT_THAT(listener_->seen().failures, SizeIs(0));
  // webrtcbin 1.22 leaks an error message where its association ends while it still sends.
  EXPECT_TRUE(remote_->channel().wait_sent());
}

TEST_F(DataChannelTest, RefusesWhatIsTooLargeToSend) {
  ASSERT_NO_FATAL_FAILURE(open());
  EXPECT_FALSE(peer_->send(std::string(DataChannel::kMaxSent + 1, 'x')));
  EXPECT_TRUE(peer_->send("after"));
  EXPECT_THAT(remote_->channel().heard(1), ElementsAre("after"));
  EXPECT_EQ(peer_->dropped_messages(), 0U);
}

// More than waits for any network: what the queue holds is bounded as well as what webrtcbin does.
TEST_F(DataChannelTest, DropsWhatABrowserDoesNotTake) {
  ASSERT_NO_FATAL_FAILURE(open());
  const std::string large(DataChannel::kMaxSent, 'x');
  constexpr unsigned kMessages = 400;
  for (unsigned i = 0; i < kMessages; ++i) EXPECT_TRUE(peer_->send(large));
  EXPECT_GT(peer_->dropped_messages(), 0U);
  const auto heard = remote_->channel().heard(1);
  EXPECT_THAT(heard, Each(SizeIs(large.size())));
}

TEST_F(DataChannelTest, ABrowserThatOpensManyOfItsOwnIsLetGo) {
  ASSERT_NO_FATAL_FAILURE(open());
  remote_->open_channels(DataChannels::kMaxStreams);
  ASSERT_TRUE(fails_with(Peer::Failure::kInternal));
  EXPECT_THAT(listener_->seen().failures.front().message, HasSubstr("data channels"));
}

// GStreamer would abort the process when the association were used again.
TEST_F(DataChannelTest, ABrowserThatShutsItDownIsHeardNoMore) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  const auto webrtcbin = peer_->webrtcbin();
  GstIterator* children =
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(webrtcbin.get()), "sctpdec");
  GValue found = G_VALUE_INIT;
  ASSERT_EQ(gst_iterator_next(children, &found), GST_ITERATOR_OK);
  const auto entrance = Ref<GstPad>::adopt(
      gst_element_get_static_pad(static_cast<GstElement*>(g_value_get_object(&found)), "sink"));
  g_value_unset(&found);
  gst_iterator_free(children);
  std::array<guint8, 20> shutdown{};
  shutdown[12] = 7;
  shutdown[15] = 8;
  gst_pad_chain(entrance.get(), gst_buffer_new_memdup(shutdown.data(), shutdown.size()));
  EXPECT_FALSE(peer_->can_send());
  EXPECT_FALSE(peer_->send("x"));
  EXPECT_FALSE(peer_->send_lossy("x"));
  push(0, 3, 2);
  EXPECT_TRUE(remote_->wait([](const auto& counts) { return !counts.empty(); }));
  EXPECT_THAT(listener_->seen().failures, SizeIs(0));
}

TEST_F(DataChannelTest, AFewOfABrowsersOwnDisturbNobody) {
  ASSERT_NO_FATAL_FAILURE(open());
  remote_->open_channels(2);
  remote_->channel().say("still here");
  ASSERT_TRUE(hears(1));
  EXPECT_EQ(listener_->seen().messages.front().text, "still here");
}

TEST_F(DataChannelTest, IsTheOnlyOneUnlessAnotherIsWanted) {
  ASSERT_NO_FATAL_FAILURE(open());
  EXPECT_FALSE(peer_->send_lossy("x"));
}

TEST_F(DataChannelTest, ALossyOneIsUnorderedAndSendsNothingAgain) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  EXPECT_EQ(remote_->lossy_channel().number("ordered"), FALSE);
  EXPECT_EQ(remote_->lossy_channel().number("max-retransmits"), 0);
  EXPECT_EQ(remote_->channel().number("ordered"), TRUE);
  EXPECT_EQ(remote_->channel().number("max-retransmits"), -1);
}

TEST_F(DataChannelTest, EachCarriesItsOwn) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  EXPECT_TRUE(peer_->send("reliable"));
  EXPECT_TRUE(arrives("lossy"));
  EXPECT_THAT(remote_->channel().heard(1), ElementsAre("reliable"));
  remote_->channel().say("one");
  ASSERT_TRUE(comes_true([this] {
    remote_->lossy_channel().say("two");
    return listener_->seen().messages.size() >= 2;
  }));
  for (const auto& message : listener_->seen().messages)
    EXPECT_EQ(message.lossy, message.text != "one");
}

// The reliable one goes on meanwhile: each has limits of its own.
TEST_F(DataChannelTest, AFloodOverTheLossyOneIsRefused) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  constexpr int kFlood = 20'000;
  for (int i = 0; i < kFlood; ++i) remote_->lossy_channel().say("x");
  remote_->channel().say("still here");
  ASSERT_TRUE(listener_->wait([](const auto& seen) {
    const auto any = [&](const auto& is) {
      return std::any_of(seen.messages.begin(), seen.messages.end(), is);
    };
    return any([](const auto& message) { return message.fault == DataChannel::Fault::kTooFast; }) &&
           any([](const auto& message) { return message.text == "still here"; });
  }));
  EXPECT_THAT(listener_->seen().failures, SizeIs(0));
  EXPECT_TRUE(remote_->lossy_channel().wait_sent());
}

TEST_F(DataChannelTest, ALossyOneSendsNothingLarge) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  const std::string largest(DataChannel::kMaxLossySent, 'x');
  EXPECT_FALSE(peer_->send_lossy(largest + 'x'));
  ASSERT_TRUE(arrives(largest));
  EXPECT_THAT(remote_->lossy_channel().heard(0), Each(AnyOf("first", SizeIs(largest.size()))));
}

// Of a burst, what fits is sent, and the rest does not wait.
TEST_F(DataChannelTest, ALossyOneKeepsLittleWaiting) {
  ASSERT_NO_FATAL_FAILURE(open_both());
  const std::string large(DataChannel::kMaxLossySent, 'x');
  constexpr unsigned kMessages = 1000;
  for (unsigned i = 0; i < kMessages; ++i) EXPECT_TRUE(peer_->send_lossy(large));
  EXPECT_TRUE(peer_->send("end"));
  EXPECT_THAT(remote_->channel().heard(1), ElementsAre("end"));
  EXPECT_GT(peer_->dropped_lossy(), 0U);
  EXPECT_EQ(peer_->dropped_messages(), 0U);
}

TEST_F(DataChannelTest, IsMissingWithoutItsPlugin) {
  GstRegistry* registry = gst_registry_get();
  const auto sctp = Ref<GstPluginFeature>::adopt(gst_registry_lookup_feature(registry, "sctpenc"));
  ASSERT_TRUE(sctp);
  gst_registry_remove_feature(registry, sctp.get());
  connect_peer();
  gst_registry_add_feature(registry, GST_PLUGIN_FEATURE(gst_object_ref(sctp.get())));
  EXPECT_THAT(offer_, Not(HasSubstr("m=application")));
  EXPECT_FALSE(peer_->send("x"));
}

TEST_F(DataChannelTest, IsRejectedWithoutItsPlugin) {
  GstRegistry* registry = gst_registry_get();
  const auto sctp = Ref<GstPluginFeature>::adopt(gst_registry_lookup_feature(registry, "sctpenc"));
  ASSERT_TRUE(sctp);
  gst_registry_remove_feature(registry, sctp.get());
  Peer::Settings settings;
  settings.name = "test";
  settings.media = {{MediaKind::kVideo,
                     "video_0",
                     {test::format("VP8")},
                     std::make_shared<test::PacketRecorder>()}};
  settings.client_offer = test::kChromiumPublisher;
  settings.ice.local_addresses = {"127.0.0.1"};
  settings.clock = clock_;
  listener_ = std::make_shared<test::PeerListener>();
  peer_ = Peer::create(std::move(settings), listener_);
  peer_->start();
  EXPECT_TRUE(listener_->wait([](const auto& seen) { return !seen.offer.empty(); }));
  gst_registry_add_feature(registry, GST_PLUGIN_FEATURE(gst_object_ref(sctp.get())));
  EXPECT_THAT(listener_->seen().offer, HasSubstr("m=application 0 UDP/DTLS/SCTP"));
  EXPECT_THAT(listener_->seen().offer, HasSubstr("a=group:BUNDLE 0\r\n"));
}

}  // namespace
}  // namespace webrtcserver
