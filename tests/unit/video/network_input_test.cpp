// SPDX-License-Identifier: LGPL-2.1-or-later
// VideoSource, with the other side of a network played on the loopback interface.
#include <gio/gio.h>
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "base/loop_thread.hpp"
#include "support/patience.hpp"
#include "support/temporary_files.hpp"
#include "support/udp_port.hpp"
#include "support/video_files.hpp"
#include "video/video_output.hpp"
#include "video/video_source.hpp"

namespace webrtcserver {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr int kPatience = 1000 * static_cast<int>(test::kPatience.count());  // milliseconds

// What plays beside the source until the test ends.
class Player {
 public:
  explicit Player(const std::string& description)
      : pipeline_(Ref<GstElement>::sink(gst_parse_launch(description.c_str(), nullptr))) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~Player() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

 private:
  Ref<GstElement> pipeline_;
};

// Answers one request, whatever it is, and says no more.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : answer_(std::move(answer)) {
    loop_.call([&] {
      const Ref<GMainContext> context = Ref<GMainContext>::retain(loop_.context());
      g_main_context_push_thread_default(context.get());
      service_ = Ref<GSocketService>::adopt(g_socket_service_new());
      port_ =
          g_socket_listener_add_any_inet_port(G_SOCKET_LISTENER(service_.get()), nullptr, nullptr);
      g_signal_connect(service_.get(), "incoming", G_CALLBACK(on_incoming), this);
      g_main_context_pop_thread_default(context.get());
    });
  }
  ~OneAnswer() {
    loop_.call([&] {
      g_socket_service_stop(service_.get());
      g_socket_listener_close(G_SOCKET_LISTENER(service_.get()));
    });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::string port() const { return std::to_string(port_); }

 private:
  static gboolean on_incoming(GSocketService* /*service*/, GSocketConnection* connection,
                              GObject* /*source*/, gpointer data) {
    std::array<char, 4096> request{};
    g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)), request.data(),
                        request.size(), nullptr, nullptr);
    const std::string& answer = static_cast<OneAnswer*>(data)->answer_;
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), answer.data(),
                              answer.size(), nullptr, nullptr, nullptr);
    return TRUE;
  }

  const std::string answer_;
  LoopThread loop_{"one-answer"};
  Ref<GSocketService> service_;
  guint16 port_ = 0;
};

class NetworkInput : public testing::Test {
 protected:
  std::shared_ptr<VideoSource> make(const std::string& uri) {
    if (source_) source_->close();
    source_ = VideoSource::create(uri, options_);
    return source_;
  }
  std::string error_of_opening(const std::string& uri) {
    try {
      make(uri)->open();
    } catch (const Error& error) {
      code_ = error.code();
      return error.what();
    }
    return "";
  }
  void TearDown() override {
    if (source_) source_->close();
  }

  test::TemporaryFolder folder_;
  VideoOptions options_;
  std::shared_ptr<VideoSource> source_;
  ErrorCode code_ = ErrorCode::kFailed;
};

TEST_F(NetworkInput, ReadsRtp) {
  const std::string port = std::to_string(test::UdpPort().release());
  options_.input_latency = 20;
  const auto source = make("rtp://127.0.0.1:" + port + "?encoding=vp8&payload=97");
  source->open();
  EXPECT_FALSE(source->capture(0));
  EXPECT_TRUE(source->is_streaming());
  const Player sender(
      "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! "
      "vp8enc deadline=1 keyframe-max-dist=5 ! rtpvp8pay pt=97 ! udpsink host=127.0.0.1 port=" +
      port);
  EXPECT_TRUE(source->capture(kPatience));
  EXPECT_TRUE(source->is_live());
  source->close();

  options_.encoded = true;
  const auto encoded = make("rtp://127.0.0.1:" + port + "?encoding=VP8&payload=97");
  const auto frame = encoded->capture(kPatience);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(gst_structure_has_name(gst_caps_get_structure(gst_sample_get_caps(frame.get()), 0),
                                     "video/x-vp8"));
  EXPECT_FALSE(
      GST_BUFFER_FLAG_IS_SET(gst_sample_get_buffer(frame.get()), GST_BUFFER_FLAG_DELTA_UNIT));
}

TEST_F(NetworkInput, SaysThatAPortIsTaken) {
  const test::UdpPort taken;
  const std::string port = std::to_string(taken.number());
  EXPECT_THAT(error_of_opening("rtp://127.0.0.1:" + port),
              HasSubstr("Port " + port + " cannot be listened on"));
  EXPECT_EQ(code_, ErrorCode::kAddressInUse);
}

TEST_F(NetworkInput, ReadsWhatAnRtspServerServes) {
  guint16 port = 0;
  {
    const auto listener = Ref<GSocketListener>::adopt(g_socket_listener_new());
    port = g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr);
    g_socket_listener_close(listener.get());
  }
  const std::string uri = "rtsp://127.0.0.1:" + std::to_string(port) + "/stream";
  const auto output = VideoOutput::create({uri}, {}, {});
  const auto camera = VideoSource::create("test://", {});
  std::atomic<bool> over{false};
  // The stream is there with its first frame.
  output->render(camera->capture(kPatience).get());
  std::thread serving([&] {
    while (!over) {
      if (const auto frame = camera->capture(100)) output->render(frame.get());
    }
  });
  options_.input_latency = 20;
  const auto source = make(uri);
  std::string error;
  try {
    source->open();
    EXPECT_TRUE(source->capture(kPatience));
  } catch (const Error& caught) {
    error = caught.what();
  }
  EXPECT_EQ(error, "");
  source->close();
  over = true;
  serving.join();
  camera->close();
  output->close();
}

TEST_F(NetworkInput, SaysThatAnRtspServerIsNotThereOrRefuses) {
  OneAnswer unknown("RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n");
  EXPECT_THAT(error_of_opening("rtsp://127.0.0.1:" + unknown.port() + "/none"),
              HasSubstr("is not there"));
  OneAnswer locked(
      "RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Basic realm=\"camera\"\r\n\r\n");
  EXPECT_THAT(error_of_opening("rtsp://127.0.0.1:" + locked.port() + "/live"),
              HasSubstr("rtsp://user:password@host"));
  std::string gone;
  {
    const OneAnswer server("");
    gone = server.port();
  }
  EXPECT_THAT(error_of_opening("rtsp://somebody:secret@127.0.0.1:" + gone + "/live"),
              AllOf(HasSubstr("“rtsp://…@127.0.0.1"), HasSubstr("cannot be opened"),
                    testing::Not(HasSubstr("secret"))));
  EXPECT_FALSE(source_->is_streaming());
}

TEST_F(NetworkInput, ReadsAFileOverHttp) {
  const std::string path = folder_.path("movie.mkv");
  ASSERT_TRUE(test::write_video(
      12, std::string(test::kH264) + " ! matroskamux ! filesink location=" + path));
  gchar* content = nullptr;
  gsize size = 0;
  ASSERT_TRUE(g_file_get_contents(path.c_str(), &content, &size, nullptr));
  const OneAnswer server(
      "HTTP/1.1 200 OK\r\nContent-Type: video/x-matroska\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(size) + "\r\n\r\n" + std::string(content, size));
  g_free(content);
  const auto source = make("http://127.0.0.1:" + server.port() + "/movie.mkv");
  unsigned frames = 0;
  while (source->is_streaming()) {
    if (source->capture(kPatience)) ++frames;
  }
  EXPECT_EQ(frames, 12U);
  EXPECT_FALSE(source->is_live());

  const OneAnswer none("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(error_of_opening("http://127.0.0.1:" + none.port() + "/movie.mkv"),
              HasSubstr("is not there"));
}

}  // namespace
}  // namespace webrtcserver
