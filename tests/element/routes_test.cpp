// SPDX-License-Identifier: LGPL-2.1-or-later
// Routes of an application's own, through the C API: HTTP. Sockets and folders are elsewhere.
#include <gio/gio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "api_server.hpp"
#include "base/serial_queue.hpp"
#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/temporary_files.hpp"
#include "support/tokens.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

std::string text_of(const gchar* text) {
  return text ? text : "(null)";
}

TEST(Routes, AHandlerSeesTheRequestAndAnswersIt) {
  const ApiServer server;
  EXPECT_EQ(server.add("POST", "/rooms/{room}/{rest...}",
                       [](GstWebRTCServerRequest* request) {
                         const auto body =
                             Ref<GBytes>::adopt(gst_webrtc_server_request_get_body(request));
                         gsize size = 0;
                         const auto* data =
                             static_cast<const char*>(g_bytes_get_data(body.get(), &size));
                         gst_webrtc_server_request_set_header(request, "X-Room", "yes");
                         respond(request, 202,
                                 text_of(gst_webrtc_server_request_get_method(request)) + " " +
                                     gst_webrtc_server_request_get_path(request) + " " +
                                     gst_webrtc_server_request_get_capture(request, "room") + " " +
                                     gst_webrtc_server_request_get_capture(request, "rest") + " " +
                                     gst_webrtc_server_request_get_query(request, "q") + " " +
                                     gst_webrtc_server_request_get_header(request, "X-What") + " " +
                                     gst_webrtc_server_request_get_peer_address(request) + " " +
                                     text_of(gst_webrtc_server_request_get_query(request, "z")) +
                                     " " + std::string(data, size));
                       }),
            "");
  ASSERT_EQ(server.start(), "");
  const auto answer =
      http("POST", server.url("/rooms/a%20b/c/d?q=1%2B1"), {{"X-What", "it"}}, "body");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "POST /rooms/a b/c/d a b c/d 1+1 it 127.0.0.1 (null) body");
  EXPECT_EQ(answer.header("x-room"), "yes");
  EXPECT_EQ(answer.header("content-type"), "text/plain");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(http_get(server.url("/rooms/a/b")).status, 405);
  EXPECT_EQ(http("OPTIONS", server.url("/rooms/a/b")).header("allow"), "OPTIONS, POST");
}

TEST(Routes, RoutesMayBeAddedAndRemovedWhileItRuns) {
  const ApiServer server;
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(http_get(server.url("/deep/offer")).status, 404);
  const auto json = [](GstWebRTCServerRequest* request) {
    gst_webrtc_server_request_respond_json(request, 200, "{\"a\":1}");
  };
  EXPECT_EQ(server.add("GET", "/deep/offer", json), "");
  EXPECT_EQ(http_get(server.url("/deep/offer")).json().integer("a"), 1);
  EXPECT_EQ(http("HEAD", server.url("/deep/offer")).status, 200);
  EXPECT_THAT(server.add("GET", "/deep/offer", json), HasSubstr("already"));
  server.remove("/deep/offer");
  server.remove("/deep/offer");
  EXPECT_EQ(http_get(server.url("/deep/offer")).status, 404);
  EXPECT_EQ(server.add("GET", "/deep/offer", json), "");
  server.stop();
  EXPECT_EQ(server.port(), 0);
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(http_get(server.url("/deep/offer")).status, 200);
}

TEST(Routes, AnAnswerMayComeLaterAndFromAnywhere) {
  const ApiServer server;
  std::promise<Ref<GstWebRTCServerRequest>> kept;
  server.add("GET", "/later", [&](GstWebRTCServerRequest* request) {
    kept.set_value(Ref<GstWebRTCServerRequest>::retain(request));
  });
  ASSERT_EQ(server.start(), "");
  auto answer = std::async(std::launch::async, [&] { return http_get(server.url("/later")); });
  auto request = kept.get_future().get();
  respond(request.get(), 200, "late");
  EXPECT_EQ(answer.get().body, "late");
}

TEST(Routes, ARequestThatIsDroppedIsAnswered) {
  const ApiServer server;
  server.add("GET", "/drop", [](GstWebRTCServerRequest*) {});
  ASSERT_EQ(server.start(), "");
  const auto answer = http_get(server.url("/drop"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.json().string("detail"), "The application did not answer.");
}

class Warnings {
 public:
  Warnings()
      : handler_(g_log_set_handler(
            nullptr, G_LOG_LEVEL_WARNING,
            [](const gchar*, GLogLevelFlags, const gchar* text, gpointer data) {
              auto* self = static_cast<Warnings*>(data);
              const std::scoped_lock lock(self->mutex_);
              self->texts_.emplace_back(text);
            },
            this)) {}
  ~Warnings() { g_log_remove_handler(nullptr, handler_); }
  Warnings(const Warnings&) = delete;
  Warnings& operator=(const Warnings&) = delete;

  std::vector<std::string> texts() {
    const std::scoped_lock lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> texts_;  // guarded by mutex_
  const guint handler_;
};

TEST(Routes, MistakesOfTheApplicationAreWarnedOfAndReachNobody) {
  Warnings warnings;
  const ApiServer server;
  server.add("GET", "/twice", [](GstWebRTCServerRequest* request) {
    respond(request, 200, "first");
    respond(request, 200, "second");
  });
  server.add("GET", "/status", [](GstWebRTCServerRequest* request) { respond(request, 42, "?"); });
  server.add("GET", "/header", [](GstWebRTCServerRequest* request) {
    gst_webrtc_server_request_set_header(request, "X-A", "b\r\nSet-Cookie: c=d");
    gst_webrtc_server_request_set_header(request, "X A", "b");
    gst_webrtc_server_request_respond(request, 200, "text/plain\r\nX-B: c", nullptr);
  });
  server.add("GET", "/permission", [](GstWebRTCServerRequest* request) {
    EXPECT_FALSE(gst_webrtc_server_request_is_allowed(request, "output", "everything"));
    EXPECT_TRUE(gst_webrtc_server_request_is_allowed(request, "output", "control"));
    gst_webrtc_server_request_respond_error(request, 418, "Short and \"stout\".");
  });
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(http_get(server.url("/twice")).body, "first");
  EXPECT_EQ(http_get(server.url("/status")).status, 500);
  const auto answer = http_get(server.url("/header"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.header("set-cookie") + answer.header("x-a") + answer.header("x-b"), "");
  const auto refusal = http_get(server.url("/permission"));
  EXPECT_EQ(refusal.status, 418);
  EXPECT_EQ(refusal.json().string("detail"), "Short and \"stout\".");
  EXPECT_TRUE(eventually([&] { return warnings.texts().size() == 6; }));
  EXPECT_THAT(warnings.texts().front(), HasSubstr("answered before"));
}

TEST(Routes, AnAnswerToAClientThatHasLeftGoesNowhere) {
  const ApiServer server;
  std::promise<Ref<GstWebRTCServerRequest>> kept;
  server.add("GET", "/later", [&](GstWebRTCServerRequest* request) {
    kept.set_value(Ref<GstWebRTCServerRequest>::retain(request));
  });
  ASSERT_EQ(server.start(), "");
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host(client.get(), "127.0.0.1", server.port(), nullptr, nullptr));
  ASSERT_TRUE(connection);
  constexpr char kRequest[] = "GET /later HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  ASSERT_TRUE(
      g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection.get())),
                                kRequest, sizeof kRequest - 1, nullptr, nullptr, nullptr));
  auto request = kept.get_future().get();
  g_io_stream_close(G_IO_STREAM(connection.get()), nullptr, nullptr);
  connection.reset();
  respond(request.get(), 200, "nobody hears it");
  EXPECT_EQ(http_get(server.url("/healthz")).status, 200);
}

TEST(Routes, AnAnswerMayOutliveTheServer) {
  ApiServer server;
  std::promise<Ref<GstWebRTCServerRequest>> kept;
  server.add("GET", "/later", [&](GstWebRTCServerRequest* request) {
    kept.set_value(Ref<GstWebRTCServerRequest>::retain(request));
  });
  ASSERT_EQ(server.start(), "");
  auto answer =
      std::async(std::launch::async, [url = server.url("/later")] { return http_get(url); });
  const auto request = kept.get_future().get();
  server.drop();
  EXPECT_EQ(answer.get().status, 0);
  respond(request.get(), 200, "late");
  EXPECT_STREQ(gst_webrtc_server_request_get_path(request.get()), "/later");
  // The last to hold the server may have been the handler's thread: what closes there uses
  // GStreamer, which the program ends next.
  EXPECT_TRUE(SerialQueue::wait_idle(kPatience));
}

TEST(Routes, PatternsThatCannotBeAreRefused) {
  const ApiServer server;
  const auto nothing = [](GstWebRTCServerRequest*) {};
  EXPECT_THAT(server.add("GET", "offer", nothing), HasSubstr("begin with a slash"));
  EXPECT_THAT(server.add("GET", "", nothing), HasSubstr("begin with a slash"));
  EXPECT_THAT(server.add("GET", "/a/{b...}/c", nothing), HasSubstr("goes on"));
  EXPECT_THAT(server.add("GET", "/a{b}", nothing), HasSubstr("brace"));
  EXPECT_THAT(server.add("GET", "/a/{}", nothing), HasSubstr("without a name"));
  EXPECT_THAT(server.add("GET", "/{a}/b/{a}", nothing), HasSubstr("two captures"));
  EXPECT_THAT(server.add("get", "/a", nothing), HasSubstr("“get”"));
  EXPECT_THAT(server.add("CONNECT", "/a", nothing), HasSubstr("CONNECT"));
  EXPECT_THAT(server.add("GET", ("/" + std::string(600, 'a')).c_str(), nothing),
              HasSubstr("512 bytes"));
  for (const char* own : {"/api/streams", "/api/mine", "/healthz", "/metrics", "/assets/{p...}",
                          "/webrtc-client.js", "/favicon.ico"})
    EXPECT_THAT(server.add("GET", own, nothing), HasSubstr("the server's own")) << own;
  for (const char* all : {"/{name}", "/{s}/whep", "/{s}/whip", "/{s}/whep/{session}"})
    EXPECT_THAT(server.add("POST", all, nothing), HasSubstr("every stream")) << all;
  EXPECT_EQ(server.add("GET", "/a/{b}", nothing), "");
  EXPECT_EQ(server.add("POST", "/a/{b}", nothing), "");
  ASSERT_EQ(server.start(), "");
  EXPECT_THAT(server.add("GET", "/a/{c}", nothing), HasSubstr("already"));
}

TEST(Routes, AStreamAndARouteDoNotHideEachOther) {
  const HostPipeline host(kLiveVideo);
  ASSERT_TRUE(host.play());
  const std::string address = "webrtc://127.0.0.1:" + std::to_string(host.port());
  const ApiServer server(address);
  ASSERT_EQ(server.start(), "");
  const auto nothing = [](GstWebRTCServerRequest*) {};
  EXPECT_THAT(server.add("POST", "/output", nothing), HasSubstr("hide the stream \"output\""));
  EXPECT_THAT(server.add("POST", "/output/more", nothing), HasSubstr("output"));
  EXPECT_EQ(server.add("POST", "/offer", nothing), "");
  const HostPipeline second("videotestsrc is-live=true ! webrtcsink name=sink uri=" + address +
                            "/offer");
  EXPECT_FALSE(second.set_state(GST_STATE_PAUSED));
  EXPECT_THAT(second.wait_error(), HasSubstr("routes have the name \"offer\""));
  server.remove("/offer");
  second.set_state(GST_STATE_NULL);
  EXPECT_TRUE(second.play());

  // What is only found at the start fails the start, and leaves nothing.
  const ApiServer late(address);
  EXPECT_EQ(late.add("GET", "/fine", nothing), "");
  EXPECT_EQ(late.add("GET", "/output", nothing), "");
  EXPECT_THAT(late.start(), HasSubstr("hide the stream"));
  EXPECT_EQ(late.port(), 0);
  EXPECT_EQ(server.add("GET", "/fine", nothing), "");
}

TEST(Routes, TheFrontPageMayBeReplaced) {
  const ApiServer server;
  ASSERT_EQ(server.start(), "");
  EXPECT_THAT(http_get(server.url("/")).body, HasSubstr("<html"));
  EXPECT_EQ(server.add("GET", "/", [](auto* request) { respond(request, 200, "mine"); }), "");
  EXPECT_EQ(server.add("POST", "/", [](auto* request) { respond(request, 200, "posted"); }), "");
  EXPECT_EQ(http_get(server.url("/")).body, "mine");
  EXPECT_EQ(http("POST", server.url("/"), {}, "x").body, "posted");
  server.remove("/");
  EXPECT_THAT(http_get(server.url("/")).body, HasSubstr("<html"));
  EXPECT_EQ(http("POST", server.url("/"), {}, "x").status, 405);
}

TEST(Routes, TokensAreAskedFor) {
  const TemporaryFolder folder;
  const std::string path = write_tokens(
      folder, "[" + token_entry("viewer-0123456789", R"(["output"])", R"(["view"])") + "]");
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + path);
  const auto tell = [](GstWebRTCServerRequest* request) {
    const auto may = [&](const char* stream, const char* permission) {
      return std::string(gst_webrtc_server_request_is_allowed(request, stream, permission) ? "1"
                                                                                           : "0");
    };
    respond(request, 200, may("output", "view") + may("output", "control") + may("other", "view"));
  };
  server.add("GET", "/tell", tell);
  server.add("GET", "/", tell);
  ASSERT_EQ(server.start(), "");
  for (const char* address : {"/tell", "/"}) {
    EXPECT_EQ(http_get(server.url(address)).status, 401) << address;
    EXPECT_EQ(http_get(server.url(address), {{"Authorization", "Bearer x"}}).status, 401);
    const auto answer =
        http_get(server.url(address), {{"Authorization", "Bearer viewer-0123456789"}});
    EXPECT_EQ(answer.body, "100") << address;
  }
}

TEST(Routes, TheServersLimitsHold) {
  const ApiServer server;
  server.add("POST", "/take", [](auto* request) { respond(request, 200, "taken"); });
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(http("POST", server.url("/take"), {}, std::string(64 * 1024, 'x')).body, "taken");
  EXPECT_EQ(http("POST", server.url("/take"), {}, std::string(64 * 1024 + 1, 'x')).status, 413);
  EXPECT_EQ(http("POST", server.url("/take"), {{"Origin", "https://evil.example"}}, "x").status,
            403);
  EXPECT_EQ(http("POST", server.url("/take"), {{"Host", "evil.example"}}, "x").status, 421);
  EXPECT_THAT(http_get(server.url("/metrics")).body,
              HasSubstr(R"(method="POST",route="/take",status="200")"));
}

// A handler that does not return until it is told to.
class Gate {
 public:
  void enter() {
    entered_.set_value();
    open_.get_future().wait();
  }
  void wait_entered() { entered_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> open_;
};

TEST(Routes, AHandlerThatDoesNotReturnHarmsItselfAlone) {
  Gate gate;
  const ApiServer server;
  server.add("GET", "/stuck", [&](auto* request) {
    gate.enter();
    respond(request, 200, "at last");
  });
  server.add("GET", "/waits", [](auto* request) { respond(request, 200, "done"); });
  server.add("GET", "/gone", [](auto* request) { respond(request, 200, "done"); });
  ASSERT_EQ(server.start(), "");
  const ApiServer other("webrtc://127.0.0.1:" + std::to_string(server.port()));
  other.add("GET", "/other", [](auto* request) { respond(request, 200, "free"); });
  ASSERT_EQ(other.start(), "");

  const auto get = [&](const char* path) {
    return std::async(std::launch::async, [url = server.url(path)] { return http_get(url); });
  };
  auto stuck = get("/stuck");
  gate.wait_entered();
  auto gone = get("/gone");
  // With it, two more than may wait.
  std::vector<std::future<HttpAnswer>> waiting;
  for (int i = 0; i < 65; ++i) waiting.push_back(get("/waits"));
  std::size_t refused = 0;
  EXPECT_TRUE(eventually([&] {
    refused = 0;
    for (auto& answer : waiting)
      refused += answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready ? 1 : 0;
    return refused > 0;
  }));
  EXPECT_EQ(http_get(server.url("/healthz")).status, 200);
  EXPECT_EQ(http_get(other.url("/other")).body, "free");
  server.remove("/gone");
  gate.open();
  EXPECT_EQ(stuck.get().body, "at last");
  EXPECT_THAT(gone.get().body, AnyOf(HasSubstr("taken this address away"), HasSubstr("keep up")));
  std::size_t done = 0;
  for (auto& future : waiting) {
    const auto answer = future.get();
    if (answer.status == 200) {
      ++done;
    } else {
      EXPECT_EQ(answer.status, 503);
      EXPECT_EQ(answer.header("retry-after"), "2");
    }
  }
  EXPECT_GE(done, 63U);
  EXPECT_LT(done, 65U);
}

// Keeps its connection, where http() makes one for each request.
class HttpConnection {
 public:
  int get(const std::string& url) {
    const auto message = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
    const auto body = Ref<GBytes>::adopt(
        soup_session_send_and_read(session_.get(), message.get(), nullptr, nullptr));
    return static_cast<int>(soup_message_get_status(message.get()));
  }

 private:
  const Ref<SoupSession> session_ = Ref<SoupSession>::adopt(soup_session_new());
};

TEST(Routes, TenThousandRequestsOneAfterAnother) {
  std::atomic<int> running{0};
  std::atomic<int> together{0};
  std::atomic<int> handled{0};
  const ApiServer server;
  server.add("GET", "/count", [&](auto* request) {
    if (++running > 1) ++together;
    ++handled;
    respond(request, 200, "x");
    --running;
  });
  ASSERT_EQ(server.start(), "");
  constexpr int kThreads = 4;
  constexpr int kEach = 2'500;
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  for (int i = 0; i < kThreads; ++i) {
    clients.emplace_back([&] {
      HttpConnection connection;
      for (int n = 0; n < kEach; ++n) {
        if (connection.get(server.url("/count")) == 200) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, kThreads * kEach);
  EXPECT_EQ(handled, kThreads * kEach);
  EXPECT_EQ(together, 0);
}

TEST(Routes, WhatAHandlerHoldsGoesWithItsRoute) {
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> watched = held;
  ApiServer server;
  EXPECT_EQ(server.add("GET", "/a", [held](auto*) {}), "");
  EXPECT_THAT(server.add("GET", "/a", [held](auto*) {}), HasSubstr("already"));
  EXPECT_EQ(held.use_count(), 2);
  ASSERT_EQ(server.start(), "");
  held.reset();
  server.remove("/a");
  EXPECT_TRUE(eventually([&] { return watched.expired(); }));

  held = std::make_shared<int>();
  const std::weak_ptr<int> second = held;
  EXPECT_EQ(server.add("GET", "/a", [held](auto*) {}), "");
  held.reset();
  server.drop();
  EXPECT_TRUE(eventually([&] { return second.expired(); }));
}

}  // namespace
}  // namespace webrtcserver::test
