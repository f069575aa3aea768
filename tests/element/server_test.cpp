// SPDX-License-Identifier: LGPL-2.1-or-later
// The C API's server beside elements: whose settings count, and sessions by an offer.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include <future>

#include "api_server.hpp"
#include "base/json.hpp"
#include "base/loop_thread.hpp"
#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "support/temporary_files.hpp"
#include "support/tokens.hpp"
#include "support/viewer.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string sink_at(std::uint16_t port, const std::string& properties = "") {
  return "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! "
         "webrtcsink name=sink uri=webrtc://127.0.0.1:" +
         std::to_string(port) + "/output " + properties;
}

std::string property(const ApiServer& server, const char* name) {
  gchar* text = nullptr;
  g_object_get(server.get(), name, &text, nullptr);
  return take_string(text);
}

std::string ice_servers(const ApiServer& server) {
  return take_string(gst_webrtc_server_server_get_ice_servers(server.get()));
}

TEST(ApiServer, TellsWhereItIs) {
  const ApiServer server;
  EXPECT_EQ(property(server, "uri"), "webrtc://127.0.0.1:0");
  EXPECT_FALSE(gst_webrtc_server_server_is_listening(server.get()));
  ASSERT_EQ(server.start(), "");
  ASSERT_EQ(server.start(), "");
  EXPECT_TRUE(gst_webrtc_server_server_is_listening(server.get()));
  EXPECT_EQ(property(server, "uri"), "webrtc://127.0.0.1:" + std::to_string(server.port()));
  gchar** urls = gst_webrtc_server_server_get_urls(server.get());
  EXPECT_EQ(std::string(urls[0]), server.url("/"));
  g_strfreev(urls);
  const std::string health = server.url("/healthz");
  EXPECT_EQ(http_get(health).status, 200);
  server.stop();
  server.stop();
  EXPECT_EQ(http_get(health).status, 0);
}

TEST(ApiServer, DoesNotStartWithWhatCannotBe) {
  EXPECT_THAT(ApiServer("webrtc://127.0.0.1:0/output").start(), HasSubstr("names a stream"));
  EXPECT_THAT(ApiServer("http://127.0.0.1").start(), HasSubstr("webrtc"));
  EXPECT_THAT(ApiServer("webrtc://127.0.0.1:0?colour=red").start(), HasSubstr("colour"));
  EXPECT_THAT(ApiServer("webrtc://127.0.0.1:0?tls=maybe").start(), HasSubstr("self-signed"));
  EXPECT_THAT(ApiServer("webrtcs://127.0.0.1:0").start(), HasSubstr("needs a certificate"));
  EXPECT_THAT(ApiServer("webrtc://203.0.113.1:0").start(), HasSubstr("203.0.113.1"));
  EXPECT_THAT(ApiServer("webrtc://127.0.0.1:0?auth-tokens=/nowhere").start(),
              HasSubstr("/nowhere"));
  // And starts once that is another.
  const ApiServer server("nonsense");
  EXPECT_NE(server.start(), "");
  g_object_set(server.get(), "uri", "webrtc://127.0.0.1:0", nullptr);
  EXPECT_EQ(server.start(), "");
}

TEST(ApiServer, ReadsIceServersAsHoloscanWritesThem) {
  const ApiServer server;
  EXPECT_EQ(ice_servers(server), "[]");
  const char* servers[] = {"stun:stun.example.org:3478",
                           "turn:turn.example.org:3478[1700000000:joe:a:b@c]", nullptr};
  g_object_set(server.get(), "ice-servers", servers, nullptr);
  const std::string expected = R"([{"urls":["stun:stun.example.org:3478"]},)"
                               R"({"urls":["turn:turn.example.org:3478"],"username":"1700000000",)"
                               R"("credential":"joe:a:b@c"}])";
  EXPECT_EQ(ice_servers(server), expected);
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(ice_servers(server), expected);

  const ApiServer wrong;
  const char* two[] = {"stun:a:1", "stun:b:2", nullptr};
  g_object_set(wrong.get(), "ice-servers", two, nullptr);
  EXPECT_THAT(wrong.start(), HasSubstr("more than one STUN"));
  const char* bad[] = {"turn:turn.example.org:3478[joe]", nullptr};
  g_object_set(wrong.get(), "ice-servers", bad, nullptr);
  EXPECT_THAT(wrong.start(), AllOf(HasSubstr("ice-servers"), HasSubstr("password")));
}

TEST(ApiServer, ItsSettingsAreThoseOfElementsThatSayNothing) {
  const TemporaryFolder folder;
  const std::string tokens =
      write_tokens(folder, "[" + token_entry("viewer-0123456789", R"(["*"])", R"(["view"])") + "]");
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + tokens +
                         "&stun-server=stun://127.0.0.1:3478");
  ASSERT_EQ(server.start(), "");
  const HostPipeline host(sink_at(server.port()));
  ASSERT_TRUE(host.play()) << host.pending_error();
  EXPECT_EQ(http_get(server.url("/api/streams")).status, 401);
  SignallingClient viewer(server.url("/output?token=viewer-0123456789", "ws"));
  ASSERT_TRUE(viewer.wait_for("hello"));
  EXPECT_THAT(viewer.seen().find("hello")->text, HasSubstr("stun:127.0.0.1:3478"));
}

TEST(ApiServer, SettingsThatWereSetStillContradict) {
  const TemporaryFolder folder;
  const std::string tokens =
      write_tokens(folder, "[" + token_entry("viewer-0123456789", R"(["*"])", R"(["view"])") + "]");
  const ApiServer server("webrtc://127.0.0.1:0?stun-server=stun://127.0.0.1:3478&tls=off");
  ASSERT_EQ(server.start(), "");
  const auto conflict = [&](const std::string& properties) {
    const HostPipeline host(sink_at(server.port(), properties));
    EXPECT_FALSE(host.set_state(GST_STATE_READY)) << properties;
    return host.wait_error();
  };
  EXPECT_THAT(conflict("stun-server=stun://127.0.0.1:3479"), HasSubstr("with other ICE settings"));
  EXPECT_THAT(conflict("auth-tokens=" + tokens), HasSubstr("with other auth-tokens settings"));
  EXPECT_THAT(conflict("tls=self-signed"), HasSubstr("with other TLS settings"));
  EXPECT_THAT(conflict("allowed-origins=\"<\\\"https://a.example\\\">\""),
              HasSubstr("with other allowed-origins settings"));
  const HostPipeline same(sink_at(server.port(), "stun-server=stun://127.0.0.1:3478 tls=off"));
  EXPECT_TRUE(same.play()) << same.pending_error();
}

TEST(ApiServer, JoinsTheServerOfAnElementAndKeepsItOpen) {
  const ApiServer server;
  const HostPipeline host(sink_at(0));
  ASSERT_TRUE(host.play());
  g_object_set(server.get(), "uri", ("webrtc://127.0.0.1:" + std::to_string(host.port())).c_str(),
               nullptr);
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(server.add("GET", "/mine", [](auto* request) { respond(request, 200, "mine"); }), "");
  EXPECT_EQ(http_get(host.url("/mine")).body, "mine");
  Viewer viewer(host.socket_url());
  EXPECT_TRUE(viewer.watch());
  const std::string mine = server.url("/mine");
  ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  EXPECT_EQ(http_get(mine).body, "mine");
  server.stop();
  EXPECT_EQ(http_get(mine).status, 0);
}

// The answer to an offer, or what the error says.
class Answers {
 public:
  std::string get(const ApiServer& server, const std::string& stream, const std::string& offer,
                  GCancellable* cancellable = nullptr, GstWebRTCServerRequest* request = nullptr) {
    return begin(server, stream, offer, cancellable, request).get();
  }

  std::future<std::string> begin(const ApiServer& server, const std::string& stream,
                                 const std::string& offer, GCancellable* cancellable = nullptr,
                                 GstWebRTCServerRequest* request = nullptr) {
    auto* result = new std::promise<std::string>;
    auto future = result->get_future();
    loop_.call([&] {
      gst_webrtc_server_server_answer_offer_async(server.get(), stream.c_str(), offer.c_str(),
                                                  request, cancellable, on_done, result);
    });
    return future;
  }

 private:
  static void on_done(GObject* server, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<std::promise<std::string>> promise(
        static_cast<std::promise<std::string>*>(data));
    GError* error = nullptr;
    gchar* sdp = gst_webrtc_server_server_answer_offer_finish(GST_WEBRTC_SERVER_SERVER(server),
                                                              result, &error);
    const Owned<GError> owned(error);
    promise->set_value(error ? std::string(g_quark_to_string(error->domain)) + " " +
                                   std::to_string(error->code) + ": " + error->message
                             : take_string(sdp));
  }

  LoopThread loop_{"test-answers"};
};

std::string error(GstWebRTCServerError code) {
  return "gst-webrtc-server-error-quark " + std::to_string(code) + ": ";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

TEST(AnswerOffer, SaysWhyThereIsNone) {
  Answers answers;
  const ApiServer server;
  EXPECT_THAT(answers.get(server, "output", kChromiumViewer),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_CLOSED)));
  ASSERT_EQ(server.start(), "");
  EXPECT_EQ(answers.get(server, "output", kChromiumViewer),
            "g-io-error-quark " + std::to_string(G_IO_ERROR_NOT_FOUND) +
                ": There is no stream of this name.");
  const HostPipeline host(sink_at(server.port(), "max-viewers=1 video-caps=video/x-vp8"));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(answers.get(server, "output", "v=0\r\n"),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_PROTOCOL)));
  EXPECT_THAT(answers.get(server, "output", ""),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_PROTOCOL)));
  EXPECT_THAT(answers.get(server, "output", std::string(70'000, 'v')),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_PROTOCOL)));
  EXPECT_THAT(answers.get(server, "output", replaced(kChromiumViewer, "VP8", "VPX")),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC)));
  const auto cancelled = Ref<GCancellable>::adopt(g_cancellable_new());
  g_cancellable_cancel(cancelled.get());
  EXPECT_THAT(answers.get(server, "output", kChromiumViewer, cancelled.get()),
              StartsWith("g-io-error-quark " + std::to_string(G_IO_ERROR_CANCELLED)));
  const std::string sdp = answers.get(server, "output", kChromiumViewer);
  EXPECT_THAT(sdp, AllOf(StartsWith("v=0"), HasSubstr("a=candidate:"), HasSubstr("VP8")));
  EXPECT_TRUE(eventually([&] { return host.number("viewers") == 1; }));
  EXPECT_THAT(answers.get(server, "output", kChromiumViewer),
              StartsWith(error(GST_WEBRTC_SERVER_ERROR_LIMIT)));
}

TEST(AnswerOffer, MayBeGivenUp) {
  Answers answers;
  const ApiServer server;
  ASSERT_EQ(server.start(), "");
  // Where a server has to be asked that does not answer, the answer takes three seconds.
  const HostPipeline host(sink_at(server.port()));
  ASSERT_TRUE(host.play());
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  auto answer = answers.begin(server, "output", kChromiumViewer, cancellable.get());
  g_cancellable_cancel(cancellable.get());
  EXPECT_THAT(answer.get(), StartsWith("g-io-error-quark " + std::to_string(G_IO_ERROR_CANCELLED)));
  // What is cut off by the server's end is told, too.
  auto last = answers.begin(server, "output", kChromiumViewer);
  host.set_state(GST_STATE_NULL);
  EXPECT_NE(last.get(), "");
}

TEST(AnswerOffer, MayBeGivenUpByOneWhoseOthersWaitForTheServer) {
  Answers answers;
  const ApiServer server;
  ASSERT_EQ(server.start(), "");
  // Whoever asks waits for a picture that does not come.
  const HostPipeline host("appsrc is-live=true ! webrtcsink name=sink run-policy=on-demand uri=" +
                          std::string("webrtc://127.0.0.1:") + std::to_string(server.port()) +
                          "/output");
  ASSERT_TRUE(host.start());
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  auto answer = answers.begin(server, "output", kChromiumViewer, cancellable.get());
  std::string health = server.url("/healthz");
  // By now the server listens to the cancellable, and is told before the other.
  ASSERT_EQ(http_get(health).status, 200);
  g_signal_connect(cancellable.get(), "cancelled", G_CALLBACK(+[](GCancellable*, std::string* url) {
                     EXPECT_EQ(http_get(*url).status, 200);
                   }),
                   &health);
  g_cancellable_cancel(cancellable.get());
  EXPECT_THAT(answer.get(), StartsWith("g-io-error-quark " + std::to_string(G_IO_ERROR_CANCELLED)));
}

TEST(AnswerOffer, GoesToWhomTheTokenOfTheRequestAllowsIt) {
  Answers answers;
  const TemporaryFolder folder;
  const std::string path = write_tokens(
      folder, "[" + token_entry("viewer-0123456789", R"(["output"])", R"(["view"])") + "," +
                  token_entry("publisher-0123456", R"(["output"])", R"(["publish"])") + "," +
                  token_entry("neighbour-0123456", R"(["other"])", R"(["view"])") + "]");
  const ApiServer server("webrtc://127.0.0.1:0?auth-tokens=" + path);
  for (const char* stream : {"output", "nowhere"}) {
    server.add("POST", ("/offer/" + std::string(stream)).c_str(), [&, stream](auto* request) {
      respond(request, 200, answers.get(server, stream, kChromiumViewer, nullptr, request));
    });
  }
  ASSERT_EQ(server.start(), "");
  const HostPipeline host(sink_at(server.port()));
  ASSERT_TRUE(host.play());
  const auto ask = [&](const char* token, const char* stream = "output") {
    return http("POST", server.url("/offer/" + std::string(stream)),
                {{"Authorization", "Bearer " + std::string(token)}}, "")
        .body;
  };
  const std::string denied =
      "g-io-error-quark " + std::to_string(G_IO_ERROR_PERMISSION_DENIED) + ": ";
  EXPECT_THAT(ask("publisher-0123456"), StartsWith(denied));
  EXPECT_THAT(ask("neighbour-0123456"), StartsWith(denied));
  EXPECT_THAT(ask("viewer-0123456789", "nowhere"), StartsWith(denied));
  EXPECT_EQ(host.number("viewers"), 0U);
  EXPECT_THAT(ask("viewer-0123456789"), StartsWith("v=0"));
  // Without a request it is the application's word that counts.
  EXPECT_THAT(answers.get(server, "output", kChromiumViewer), StartsWith("v=0"));
}

TEST(AnswerOffer, ItsMediaFlowsByWayOfARouteOfTheApplication) {
  Answers answers;
  const ApiServer server;
  LoopThread loop("test-application");
  server.add("POST", "/offer", [&](GstWebRTCServerRequest* request) {
    loop.post([&, held = Ref<GstWebRTCServerRequest>::retain(request)] {
      const auto body = Ref<GBytes>::adopt(gst_webrtc_server_request_get_body(held.get()));
      gsize size = 0;
      const auto* text = static_cast<const char*>(g_bytes_get_data(body.get(), &size));
      gst_webrtc_server_server_answer_offer_async(
          server.get(), "output", std::string(text, size).c_str(), held.get(), nullptr,
          [](GObject* object, GAsyncResult* result, gpointer data) {
            const auto owned =
                Ref<GstWebRTCServerRequest>::adopt(static_cast<GstWebRTCServerRequest*>(data));
            const std::string sdp = take_string(gst_webrtc_server_server_answer_offer_finish(
                GST_WEBRTC_SERVER_SERVER(object), result, nullptr));
            const auto bytes = Ref<GBytes>::adopt(g_bytes_new(sdp.data(), sdp.size()));
            gst_webrtc_server_request_respond(owned.get(), 201, "application/sdp", bytes.get());
          },
          g_object_ref(held.get()));
    });
  });
  ASSERT_EQ(server.start(), "");
  const HostPipeline host(sink_at(server.port()));
  ASSERT_TRUE(host.play());
  const HostPipeline player(
      "webrtcsrc name=source latency=20 uri=whep://127.0.0.1:" + std::to_string(server.port()) +
      "/offer source. ! videoconvert ! appsink name=video max-buffers=1 "
      "drop=true");
  ASSERT_TRUE(player.start());
  const auto sink = player.element("video");
  EXPECT_TRUE(Ref<GstSample>::adopt(
      gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), kPatienceInNanoseconds)));
  EXPECT_EQ(host.number("viewers"), 1U);
}

}  // namespace
}  // namespace webrtcserver::test
