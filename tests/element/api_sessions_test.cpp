// SPDX-License-Identifier: LGPL-2.1-or-later
// Sessions and streams of the C API: who ends them from where, and what is left of many.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "api_server.hpp"
#include "host_pipeline.hpp"
#include "remains.hpp"
#include "support/signalling_client.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

// Objects of sessions that are there, by a weak reference to each that was told.
class Living {
 public:
  void watch(GObject* object) {
    ++count_;
    g_object_weak_ref(
        object, [](gpointer self, GObject*) { --static_cast<Living*>(self)->count_; }, this);
  }
  int count() const { return count_; }

 private:
  std::atomic<int> count_{0};
};

// A server with a stream of its own, and what it says of sessions.
class ApiSessions : public ::testing::Test {
 protected:
  void SetUp() override {
    g_signal_connect(server_.get(), "session-added",
                     G_CALLBACK(+[](GstWebRTCServerServer*, GstWebRTCServerSession* session,
                                    ApiSessions* self) { self->added(session); }),
                     this);
    g_signal_connect(
        server_.get(), "session-removed",
        G_CALLBACK(+[](GstWebRTCServerServer*, GstWebRTCServerSession* session, ApiSessions* self) {
          EXPECT_TRUE(gst_webrtc_server_session_is_closed(session));
          ++self->removed_;
        }),
        this);
    ASSERT_EQ(server_.start(), "");
    stream_ = Ref<GstWebRTCServerStream>::adopt(
        gst_webrtc_server_server_add_stream(server_.get(), "camera", nullptr, nullptr));
    ASSERT_TRUE(stream_);
  }

  void added(GstWebRTCServerSession* session) {
    living_.watch(G_OBJECT(session));
    g_signal_connect(
        session, "closed",
        G_CALLBACK(+[](GstWebRTCServerSession*, const gchar* reason, ApiSessions* self) {
          const std::scoped_lock lock(self->mutex_);
          ++self->closed_[reason];
        }),
        this);
    ++added_;
    if (close_at_once_) gst_webrtc_server_session_close(session, "Not now.");
  }

  std::string socket_url() const { return server_.url("/camera", "ws"); }
  std::vector<Ref<GstWebRTCServerSession>> sessions() const {
    GPtrArray* array = gst_webrtc_server_stream_get_sessions(stream_.get());
    std::vector<Ref<GstWebRTCServerSession>> sessions;
    for (guint i = 0; i < array->len; ++i) {
      sessions.push_back(Ref<GstWebRTCServerSession>::retain(
          GST_WEBRTC_SERVER_SESSION(g_ptr_array_index(array, i))));
    }
    g_ptr_array_unref(array);
    return sessions;
  }
  unsigned closed(const std::string& reason) const {
    const std::scoped_lock lock(mutex_);
    const auto found = closed_.find(reason);
    return found == closed_.end() ? 0 : found->second;
  }
  // What push_sample() says of such a sample; empty: nothing.
  std::string push(const char* media, const char* caps, std::size_t size) const {
    const auto given = Ref<GstCaps>::adopt(caps ? gst_caps_from_string(caps) : nullptr);
    const auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, size, nullptr));
    const auto sample =
        Ref<GstSample>::adopt(gst_sample_new(buffer.get(), given.get(), nullptr, nullptr));
    GError* error = nullptr;
    const bool done =
        gst_webrtc_server_stream_push_sample(stream_.get(), media, sample.get(), &error);
    const Owned<GError> owned(error);
    EXPECT_EQ(done, error == nullptr);
    return error ? error->message : "";
  }

  ApiServer server_;
  Ref<GstWebRTCServerStream> stream_;
  Living living_;
  std::atomic<bool> close_at_once_{false};
  std::atomic<int> added_{0};
  std::atomic<int> removed_{0};
  mutable std::mutex mutex_;
  std::map<std::string, unsigned> closed_;  // guarded by mutex_
};

TEST_F(ApiSessions, EndFromManyThreadsOnce) {
  constexpr int kSessions = 8;
  std::vector<std::unique_ptr<SignallingClient>> clients;
  for (int i = 0; i < kSessions; ++i)
    clients.push_back(std::make_unique<SignallingClient>(socket_url()));
  ASSERT_TRUE(eventually([&] { return sessions().size() == kSessions; }));
  {
    const auto all = sessions();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (const auto& session : all) {
          gst_webrtc_server_session_close(session.get(), nullptr);
          gst_webrtc_server_session_statistics_free(
              gst_webrtc_server_session_get_statistics(session.get()));
          gst_webrtc_server_session_send_message(session.get(), "1", nullptr);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(eventually([&] { return removed_ == kSessions; }));
    EXPECT_EQ(gst_webrtc_server_stream_get_n_sessions(stream_.get()), 0U);
  }
  EXPECT_EQ(closed("kicked"), static_cast<unsigned>(kSessions));
  for (auto& client : clients) {
    EXPECT_TRUE(client->wait_closed());
    EXPECT_EQ(client->seen().text("bye", "reason"), "kicked");
  }
  EXPECT_TRUE(eventually([&] { return living_.count() == 0; }));
}

TEST_F(ApiSessions, MayEndWithinTheSignalThatTellsOfThem) {
  close_at_once_ = true;
  SignallingClient client(socket_url());
  EXPECT_TRUE(client.wait_closed());
  EXPECT_EQ(client.seen().text("bye", "message"), "Not now.");
  EXPECT_TRUE(eventually([&] { return removed_ == 1 && living_.count() == 0; }));
}

TEST_F(ApiSessions, ThatComeAndGoLeaveNothing) {
  constexpr int kRounds = 100;
  constexpr int kAtOnce = 10;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::unique_ptr<SignallingClient>> clients;
    for (int i = 0; i < kAtOnce; ++i)
      clients.push_back(std::make_unique<SignallingClient>(socket_url()));
    for (auto& client : clients) ASSERT_TRUE(client->wait_for("hello"));
  }
  // Those that went before they were told of are not told.
  EXPECT_TRUE(eventually([&] {
    return sessions().empty() && removed_ == added_ && living_.count() == 0;
  })) << added_
      << " came, " << removed_ << " went, " << living_.count() << " are left";
  EXPECT_GT(added_, 0);
}

TEST_F(ApiSessions, CloseWithTheServerObject) {
  SignallingClient client(socket_url());
  ASSERT_TRUE(eventually([&] { return added_ == 1 && sessions().size() == 1; }));
  const auto session = sessions().front();
  server_.stop();
  EXPECT_TRUE(gst_webrtc_server_session_is_closed(session.get()));
  EXPECT_TRUE(gst_webrtc_server_stream_is_closed(stream_.get()));
  EXPECT_THAT(push("video", "video/x-raw,format=I420,width=16,height=16", 384),
              HasSubstr("closed"));
  EXPECT_TRUE(client.wait_closed());
  server_.drop();
  EXPECT_EQ(gst_webrtc_server_session_get_stream(session.get()), stream_.get());
  // It is told, though the object that it was asked of has gone.
  EXPECT_TRUE(eventually([&] { return closed("ended") == 1; }));
}

TEST_F(ApiSessions, SaysWhatCannotBePushed) {
  EXPECT_THAT(push("smell", "video/x-raw", 1), HasSubstr("smell"));
  EXPECT_THAT(push("audio", "audio/x-raw", 1), HasSubstr("without audio"));
  EXPECT_THAT(push("video", nullptr, 1), HasSubstr("caps"));
  EXPECT_THAT(push("video", "text/plain", 1), HasSubstr("text/plain"));
  EXPECT_EQ(push("video", "video/x-raw,format=I420,width=16,height=16,framerate=30/1", 384), "");
}

// The streams of elements are there too, and are theirs.
TEST(ApiStreams, OfElementsAreToldAndNotFed) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  const ApiServer server("webrtc://127.0.0.1:" + std::to_string(host.port()));
  ASSERT_EQ(server.start(), "");
  GPtrArray* streams = gst_webrtc_server_server_get_streams(server.get());
  ASSERT_EQ(streams->len, 1U);
  const auto stream =
      Ref<GstWebRTCServerStream>::retain(GST_WEBRTC_SERVER_STREAM(g_ptr_array_index(streams, 0)));
  g_ptr_array_unref(streams);
  EXPECT_STREQ(gst_webrtc_server_stream_get_name(stream.get()), "output");
  GError* error = nullptr;
  EXPECT_FALSE(gst_webrtc_server_stream_close(stream.get(), &error));
  const Owned<GError> owned(error);
  EXPECT_THAT(error->message, HasSubstr("element"));

  Viewer viewer(host.socket_url());
  ASSERT_TRUE(viewer.watch());
  GPtrArray* sessions = gst_webrtc_server_server_get_sessions(server.get());
  ASSERT_EQ(sessions->len, 1U);
  auto* session = GST_WEBRTC_SERVER_SESSION(g_ptr_array_index(sessions, 0));
  EXPECT_EQ(gst_webrtc_server_session_get_id(session), host.sessions().front());
  EXPECT_TRUE(gst_webrtc_server_session_is_connected(session));
  GstWebRTCServerSessionStatistics* numbers = gst_webrtc_server_session_get_statistics(session);
  EXPECT_GT(numbers->packets, 0U);
  gst_webrtc_server_session_statistics_free(numbers);
  g_ptr_array_unref(sessions);
  EXPECT_TRUE(host.set_state(GST_STATE_NULL));
  EXPECT_TRUE(gst_webrtc_server_stream_is_closed(stream.get()));
}

}  // namespace
}  // namespace webrtcserver::test
