// SPDX-License-Identifier: LGPL-2.1-or-later
// The RTSP server of an output, and clients that vanish.
#include <gio/gio.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "support/patience.hpp"
#include "video/targets.hpp"
#include "video/video_output.hpp"
#include "video/video_source.hpp"

namespace webrtcserver {
namespace {

int free_port() {
  const auto listener = Ref<GSocketListener>::adopt(g_socket_listener_new());
  const int port = g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr);
  g_socket_listener_close(listener.get());
  return port;
}

class RtspTarget : public testing::Test {
 protected:
  void SetUp() override {
    try {
      check_rtsp_target(Location::parse(uri_, LocationUse::kOutput));
    } catch (const Error& error) {
      GTEST_SKIP() << error.what();
    }
  }

  const int port_ = free_port();
  const std::string uri_ = "rtsp://127.0.0.1:" + std::to_string(port_) + "/stream";
};

// Asks for the stream. The connection, when it goes, says no word of farewell.
struct Client {
  explicit Client(int port) {
    const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
    g_socket_client_set_timeout(client.get(), static_cast<guint>(test::kPatience.count()));
    connection = Ref<GSocketConnection>::adopt(g_socket_client_connect_to_host(
        client.get(), "127.0.0.1", static_cast<guint16>(port), nullptr, nullptr));
    if (!connection) return;
    const std::string request = "SETUP rtsp://127.0.0.1:" + std::to_string(port) +
                                "/stream/stream=0 RTSP/1.0\r\nCSeq: 1\r\n"
                                "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n";
    auto* stream = G_IO_STREAM(connection.get());
    g_output_stream_write_all(g_io_stream_get_output_stream(stream), request.data(), request.size(),
                              nullptr, nullptr, nullptr);
    std::array<char, 4096> text{};
    const gssize size = g_input_stream_read(g_io_stream_get_input_stream(stream), text.data(),
                                            text.size(), nullptr, nullptr);
    answer.assign(text.data(), static_cast<std::size_t>(std::max<gssize>(size, 0)));
  }

  bool is_served() const { return answer.find("200 OK") != std::string::npos; }

  Ref<GSocketConnection> connection;
  std::string answer;
};

TEST_F(RtspTarget, HasRoomAgainWhenClientsHaveVanished) {
  const auto output = VideoOutput::create({uri_}, {}, {});
  VideoOptions small;
  small.input_width = 160;
  small.input_height = 120;
  const auto camera = VideoSource::create("test://", small);
  // The stream is there with its first frame.
  output->render(camera->capture(1000 * static_cast<int>(test::kPatience.count())).get());
  std::atomic<bool> over{false};
  std::thread serving([&] {
    while (!over) {
      if (const auto frame = camera->capture(100)) output->render(frame.get());
    }
  });
  {
    // Who stays keeps the pipeline that all share, and the others need not wait for another.
    const Client staying(port_);
    EXPECT_TRUE(staying.is_served()) << staying.answer;
    constexpr int kMoreThanItTakes = 70;
    int served = 0;
    auto deadline = std::chrono::steady_clock::now() + test::kPatience;
    // One that has just gone may be counted for a moment.
    while (served < kMoreThanItTakes && std::chrono::steady_clock::now() < deadline) {
      if (!Client(port_).is_served()) continue;
      ++served;
      deadline = std::chrono::steady_clock::now() + test::kPatience;
    }
    EXPECT_EQ(served, kMoreThanItTakes);
  }
  over = true;
  serving.join();
  camera->close();
  output->close();
}

TEST_F(RtspTarget, IsNotOpenWhenItWasClosedWhileItOpened) {
  for (int i = 0; i < 30; ++i) {
    const auto output = VideoOutput::create({uri_}, {}, {});
    std::thread opening([&output] {
      try {
        output->open();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kClosed) << error.what();
      }
    });
    output->close();
    opening.join();
    EXPECT_FALSE(output->is_streaming());
  }
}

}  // namespace
}  // namespace webrtcserver
