// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.hpp"
#include "base/serial_queue.hpp"
#include "event_reader.hpp"
#include "fake_channel.hpp"
#include "media.hpp"
#include "net/web_socket.hpp"
#include "rtc/data_channel.hpp"
#include "rtc/peer_budget.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"

namespace webrtcserver {
namespace {

using test::http;
using test::http_get;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

class ServerTest : public ::testing::Test {
 protected:
  std::shared_ptr<OutputStream> add(const std::string& name, unsigned max_sessions = 256,
                                    const std::string& meta = "") {
    OutputStream::Settings settings;
    settings.name = name;
    settings.max_sessions = max_sessions;
    settings.meta = meta;
    return server_->add(std::move(settings), {});
  }

  static void set_media(const std::shared_ptr<OutputStream>& stream,
                        std::vector<std::shared_ptr<EncodingSet>> media) {
    stream->loop().call([&] { stream->set_media(std::move(media)); });
  }

  std::string url(const std::string& path, const char* scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server_->port()) + path;
  }

  static Server::Settings settings(std::uint16_t port = 0) {
    Server::Settings settings;
    settings.endpoint = {"127.0.0.1", port};
    return settings;
  }

  std::shared_ptr<Server> server_ = Server::open(settings());
};

// ---- servers

TEST_F(ServerTest, IsOneForEachEndpoint) {
  EXPECT_EQ(Server::open(settings(server_->port())), server_);
  EXPECT_NE(Server::open(settings(0)), server_);
}

TEST_F(ServerTest, RefusesOtherSettingsForARunningOne) {
  auto other = settings(server_->port());
  other.ice.relay_only = true;
  try {
    Server::open(other);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kSettingsConflict);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("ICE"), HasSubstr(std::to_string(server_->port()))));
  }
  other = settings(server_->port());
  other.allowed_origins = {"https://pages.example"};
  EXPECT_THROW(Server::open(other), Error);
  other = settings(server_->port());
  other.auth_tokens = "/nowhere/tokens.json";  // which is not even read
  try {
    Server::open(other);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kSettingsConflict);
    EXPECT_THAT(error.what(), HasSubstr("auth-tokens"));
  }
}

TEST_F(ServerTest, ClosesItsPortWithTheLastHandle) {
  const std::uint16_t port = server_->port();
  server_.reset();
  EXPECT_EQ(http_get("http://127.0.0.1:" + std::to_string(port) + "/healthz").status, 0);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Server::open(settings(port))->port(), port);
}

TEST_F(ServerTest, ThreadsThatOpenTheSameEndpointMeetInOneServer) {
  const std::uint16_t port = server_->port();
  server_.reset();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::future<std::shared_ptr<Server>>> opening;
    for (int i = 0; i < 4; ++i) {
      opening.push_back(
          std::async(std::launch::async, [port] { return Server::open(settings(port)); }));
    }
    std::vector<std::shared_ptr<Server>> opened;
    for (auto& future : opening) opened.push_back(future.get());
    for (const auto& server : opened) EXPECT_EQ(server, opened.front());
    // Some let go while others come.
    opening.clear();
    for (auto& server : opened) {
      opening.push_back(
          std::async(std::launch::async, [port, handle = std::move(server)]() mutable {
            handle.reset();
            return Server::open(settings(port));
          }));
    }
    opened.clear();
    for (auto& future : opening) EXPECT_TRUE(future.get());
  }
}

TEST_F(ServerTest, TellsViewersWhenItCloses) {
  const auto stream = add("output");
  test::SignallingClient viewer(url("/output", "ws"));
  ASSERT_TRUE(viewer.wait_for("stream"));
  server_.reset();
  ASSERT_TRUE(viewer.wait_closed());
  EXPECT_EQ(viewer.seen().text("bye", "reason"), "closing");
}

// ---- streams

TEST_F(ServerTest, HasEachNameOnce) {
  const auto first = add("output");
  try {
    add("output");
    FAIL() << "added";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNameTaken);
    EXPECT_THAT(error.what(), HasSubstr("\"output\""));
  }
  server_->remove(first, "ended", "");
  EXPECT_TRUE(add("output"));
}

TEST_F(ServerTest, DescribesItsStreams) {
  EXPECT_EQ(http_get(url("/api/streams")).body, "{}");
  const auto stream = add("output", 5, R"({"title":"Gate"})");
  const auto video = test::make_video("video_0");
  const auto audio = test::make_audio("audio_0");
  set_media(stream, {video, audio});
  EXPECT_EQ(http_get(url("/api/streams")).body,
            R"({"/output":{"flags":["video","audio","send","multi_client"],"direction":"out",)"
            R"("peer_count":0,)"
            R"("name":"output","state":"waiting","pipeline":"playing","run_policy":"always",)"
            R"("max_viewers":5,"media":[)"
            R"({"kind":"video","name":"video_0","codecs":[]},)"
            R"({"kind":"audio","name":"audio_0","codecs":[]}],"meta":{"title":"Gate"}}})");
  video->set_caps(test::caps(test::kVideoCaps));
  audio->set_caps(test::caps(test::kAudioCaps));
  stream->loop().call([&] { stream->update(); });
  const auto answer = http_get(url("/api/streams"));
  EXPECT_EQ(answer.body,
            R"({"/output":{"flags":["video","audio","send","multi_client"],"direction":"out",)"
            R"("peer_count":0,)"
            R"("name":"output","state":"live","pipeline":"playing","run_policy":"always",)"
            R"("max_viewers":5,"media":[)"
            R"({"kind":"video","name":"video_0","codecs":["VP8"],"width":1280,"height":720,)"
            R"("framerate":30.0},)"
            R"({"kind":"audio","name":"audio_0","codecs":["OPUS"],"rate":48000,"channels":2}],)"
            R"("meta":{"title":"Gate"}}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.header("content-type"), StartsWith("application/json"));
  EXPECT_EQ(answer.header("cache-control"), "no-store");
}

TEST_F(ServerTest, TellsOfStreamsThatComeChangeAndGo) {
  test::EventReader events(url("/api/events"));
  ASSERT_EQ(events.status(), 200);
  EXPECT_EQ(events.content_type(), "text/event-stream");
  EXPECT_THAT(events.next(), Pair("streams", "{}"));
  const auto stream = add("output");
  EXPECT_THAT(events.next(), Pair("stream-added", StartsWith(R"({"/output":{"flags":["send",)")));
  {
    test::SignallingClient viewer(url("/output", "ws"));
    EXPECT_THAT(events.next(), Pair("stream-changed", HasSubstr(R"("peer_count":1)")));
  }
  EXPECT_THAT(events.next(), Pair("stream-changed", HasSubstr(R"("peer_count":0)")));
  server_->remove(stream, "ended", "");
  EXPECT_THAT(events.next(), Pair("stream-removed", R"({"name":"output","direction":"out"})"));
  test::EventReader late(url("/api/events"));
  EXPECT_THAT(late.next(), Pair("streams", "{}"));
}

TEST_F(ServerTest, TellsOfManyChangesAtOnceAsOne) {
  const auto stream = add("output");
  test::EventReader events(url("/api/events"));
  EXPECT_THAT(events.next(), Pair("streams", HasSubstr("/output")));
  stream->loop().call([&] {
    for (int i = 0; i < 100; ++i) stream->update();
  });
  EXPECT_THAT(events.next(), Pair("stream-changed", HasSubstr("/output")));
  server_->remove(stream, "ended", "");
  EXPECT_THAT(events.next(), Pair("stream-removed", HasSubstr("output")));
}

TEST_F(ServerTest, ANameMayBeThereOnceInEachDirection) {
  const auto output = add("stage");
  InputStream::Settings settings;
  settings.name = "stage";
  const auto input = server_->add(settings, std::weak_ptr<InputStream::Observer>());
  EXPECT_THROW(server_->add(settings, std::weak_ptr<InputStream::Observer>()), Error);
  EXPECT_THAT(http_get(url("/api/streams")).body, HasSubstr(R"("/stage?role=publish":{)"));
  test::SignallingClient viewer(url("/stage", "ws"));
  test::SignallingClient publisher(url("/stage?role=publish", "ws"));
  ASSERT_TRUE(viewer.wait_for("hello"));
  ASSERT_TRUE(publisher.wait_for("hello"));
  EXPECT_EQ(viewer.seen().text("hello", "role"), "view");
  EXPECT_EQ(publisher.seen().text("hello", "role"), "publish");
  server_->remove(output, "ended", "");
  EXPECT_THAT(http_get(url("/api/streams")).body, HasSubstr(R"("/stage":{"flags":["recv"])"));
  test::SignallingClient plain(url("/stage", "ws"));
  ASSERT_TRUE(plain.wait_for("hello"));
  EXPECT_EQ(plain.seen().text("hello", "role"), "publish");
  server_->remove(input, "ended", "");
}

// ---- viewers

TEST_F(ServerTest, TurnsViewersAwayWhenAStreamIsFull) {
  add("output", 1);
  test::SignallingClient first(url("/output", "ws"));
  ASSERT_TRUE(first.wait_for("hello"));
  test::SignallingClient second(url("/output", "ws"));
  ASSERT_TRUE(second.wait_closed());
  EXPECT_EQ(second.seen().upgrade_status, 503);
  EXPECT_EQ(second.seen().retry_after, "10");
}

TEST_F(ServerTest, HasNoMorePeersThanTheProcessMayOpenFilesFor) {
  const auto stream = add("output");
  const auto video = test::make_video("video_0");
  set_media(stream, {video});
  video->set_caps(test::caps(test::kVideoCaps));
  stream->loop().call([&] { stream->update(); });
  SerialQueue::wait_idle(test::kPatience);  // the server's first peer has gone

  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit few{10 * PeerBudget::kFilesPerPeer, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<std::unique_ptr<test::SignallingClient>> viewers;
  for (int i = 0; i < 5; ++i) {
    viewers.push_back(std::make_unique<test::SignallingClient>(url("/output", "ws")));
    EXPECT_TRUE(viewers.back()->wait_for("sdp")) << i;
  }
  test::SignallingClient late(url("/output", "ws"));
  EXPECT_TRUE(late.wait_closed());
  EXPECT_EQ(late.seen().upgrade_status, 503);
  EXPECT_EQ(late.seen().retry_after, "10");
  viewers.clear();
  EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);
}

TEST_F(ServerTest, GreetsViewersWithTheIceServers) {
  OutputStream::Settings settings;
  settings.name = "output";
  settings.ice.stun_server = "stun://127.0.0.1:3478";
  settings.ice.turn_servers = {"turn://joe:secret@127.0.0.1:3479"};
  settings.ice.relay_only = true;
  server_->add(std::move(settings), {});
  test::SignallingClient viewer(url("/output", "ws"));
  ASSERT_TRUE(viewer.wait_for("stream"));
  const auto seen = viewer.seen();
  EXPECT_EQ(seen.messages.front().type, "hello");
  EXPECT_EQ(seen.text("hello", "stream"), "output");
  EXPECT_EQ(seen.text("hello", "role"), "view");
  EXPECT_EQ(seen.text("hello", "ice_transport_policy"), "relay");
  EXPECT_EQ(seen.text("stream", "state"), "waiting");
}

// A session refuses what comes too fast and goes on. A socket that refuses ends, so it bears more:
// there is room for the answer, candidates and pongs beside the requests.
TEST(Requests, AreRefusedBeforeTheirSocketEnds) {
  EXPECT_GE(WebSocket::Limits().messages_per_second, 2 * DataChannel::kMessagesPerSecond);
  EXPECT_GE(WebSocket::Limits().message_burst, 2 * DataChannel::kMessageBurst);
}

// ---- pages

const test::HttpHeaders kBrowser{{"Accept", "text/html,application/xhtml+xml"}};

TEST_F(ServerTest, ServesThePageAndItsParts) {
  add("output");
  for (const char* path : {"/", "/output", "/?stream=output"}) {
    const auto answer = http_get(url(path), kBrowser);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_THAT(answer.header("content-type"), StartsWith("text/html")) << path;
    EXPECT_THAT(answer.header("content-security-policy"), HasSubstr("script-src 'self'")) << path;
  }
  EXPECT_THAT(http_get(url("/webrtc-client.js")).header("content-type"), HasSubstr("javascript"));
  EXPECT_THAT(http_get(url("/favicon.ico")).header("content-type"), StartsWith("image/"));
  EXPECT_EQ(http_get(url("/assets/nothing.css")).status, 404);
  EXPECT_EQ(http_get(url("/assets/../index.html")).status, 404);
}

TEST_F(ServerTest, ShowsThePageForAStreamThatIsAway) {
  // The browser that reloads waits for the stream; a program learns that there is none.
  const auto page = http_get(url("/output"), kBrowser);
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.header("content-type"), StartsWith("text/html"));
  const auto problem = http_get(url("/output"));
  EXPECT_EQ(problem.status, 404);
  EXPECT_EQ(problem.header("content-type"), "application/problem+json");
  EXPECT_EQ(problem.json().string("detail"), "There is no stream of this name.");
  // What can be no stream's name is nobody's page.
  EXPECT_EQ(http_get(url("/a%20b"), kBrowser).header("content-type"), "application/problem+json");
  EXPECT_EQ(http_get(url("/api"), kBrowser).header("content-type"), "application/problem+json");
  EXPECT_EQ(http_get(url("/output/more"), kBrowser).status, 404);
}

TEST_F(ServerTest, AnswersHeadAndRefusesOtherMethods) {
  EXPECT_EQ(http_get(url("/healthz")).body, "ok\n");
  const auto head = http("HEAD", url("/healthz"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("content-length"), "3");
  const auto refused = http("DELETE", url("/api/streams"));
  EXPECT_EQ(refused.status, 405);
  EXPECT_THAT(refused.header("allow"), HasSubstr("GET"));
  EXPECT_EQ(refused.header("content-type"), "application/problem+json");
}

}  // namespace
}  // namespace webrtcserver
