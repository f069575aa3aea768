// SPDX-License-Identifier: LGPL-2.1-or-later
// WHIP and WHEP as a client sees them: what is answered to each request. Media is elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media.hpp"
#include "server/server.hpp"
#include "support/http_client.hpp"
#include "support/patience.hpp"
#include "support/signalling_client.hpp"
#include "unit/rtc/recorded_offers.hpp"

namespace webrtcserver {
namespace {

using test::http;
using test::HttpAnswer;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kFragmentType[] = "application/trickle-ice-sdpfrag";
constexpr char kTrickle[] = "a=mid:0\r\na=candidate:1 1 udp 2122260223 192.0.2.7 5000 typ host\r\n";
constexpr char kRestart[] =
    "a=ice-ufrag:another\r\na=ice-pwd:0123456789012345678901\r\na=mid:0\r\n";

class HttpSessionsTest : public ::testing::Test {
 protected:
  HttpSessionsTest() {
    Server::Settings settings;
    settings.endpoint = {"127.0.0.1", 0};
    server_ = Server::open(settings);
  }

  void add_output(bool live = true, unsigned max_sessions = 256) {
    OutputStream::Settings settings;
    settings.name = "output";
    settings.max_sessions = max_sessions;
    settings.ice = ice_;
    output_ = server_->add(std::move(settings), {});
    const auto video = test::make_video("video_0");
    if (live) video->set_caps(test::caps(test::kVideoCaps));
    output_->loop().call([&] { output_->set_media({video}); });
  }

  void add_input(InputStream::SecondPublisher on_second = InputStream::SecondPublisher::kReject) {
    InputStream::Settings settings;
    settings.name = "input";
    settings.on_second = on_second;
    input_ = server_->add(std::move(settings), std::weak_ptr<InputStream::Observer>());
    Decoding::Settings decoding;
    decoding.pad = "video_0";
    decoding.kind = MediaKind::kVideo;
    input_->loop().call([&] {
      input_->set_inputs(
          0, {{Decoding::create(decoding, {}), std::vector<Format>{{find_codec("VP8"), ""}}}});
      input_->set_paused(false);
    });
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }

  HttpAnswer post(const std::string& path, const std::string& offer = test::kChromiumViewer,
                  const char* type = "application/sdp") const {
    return http("POST", url(path), {{"Content-Type", type}}, offer);
  }

  HttpAnswer patch(const std::string& path, const std::string& if_match, const std::string& body,
                   const char* type = kFragmentType) const {
    test::HttpHeaders headers{{"Content-Type", type}};
    if (!if_match.empty()) headers["If-Match"] = if_match;
    return http("PATCH", url(path), headers, body);
  }

  // 201, or a failure of the test.
  HttpAnswer watch() const {
    HttpAnswer answer = post("/output/whep");
    EXPECT_EQ(answer.status, 201) << answer.body;
    return answer;
  }

  unsigned sessions() const {
    return output_->loop().call([&] { return output_->session_count(); });
  }

  static void expect_problem(const HttpAnswer& answer, int status, const std::string& word) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_THAT(answer.body, HasSubstr(word));
  }

  IceSettings ice_;
  std::shared_ptr<Server> server_;
  std::shared_ptr<OutputStream> output_;
  std::shared_ptr<InputStream> input_;
};

TEST_F(HttpSessionsTest, AnOfferMakesASession) {
  add_output();
  const HttpAnswer answer = watch();
  EXPECT_EQ(answer.header("content-type"), "application/sdp");
  EXPECT_THAT(answer.header("location"), StartsWith("/output/whep/"));
  EXPECT_GE(answer.header("location").size(), std::string("/output/whep/").size() + 22);
  EXPECT_THAT(answer.header("etag"), AllOf(StartsWith("\""), Not(StartsWith("W/"))));
  EXPECT_EQ(answer.header("accept-patch"), kFragmentType);
  EXPECT_THAT(answer.body, AllOf(StartsWith("v=0\r\n"), HasSubstr("m=audio 0 "),
                                 HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"),
                                 HasSubstr("a=candidate:"), HasSubstr("a=sendonly\r\n")));
  EXPECT_EQ(sessions(), 1U);
  EXPECT_NE(watch().header("location"), answer.header("location"));
  EXPECT_EQ(sessions(), 2U);
}

// Nobody answers there.
TEST_F(HttpSessionsTest, CandidatesOfThisMachineDoNotWaitForAServerThatIsSilent) {
  ice_.turn_servers = {"turn://joe:sec%22ret@127.0.0.1:9"};
  add_output();
  std::string offer = test::kChromiumViewer;
  offer.insert(offer.find("a=mid:0"), "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host\n");
  const HttpAnswer answer = post("/output/whep", offer);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_THAT(answer.body, AllOf(HasSubstr(" typ host"), Not(HasSubstr("end-of-candidates"))));
  EXPECT_EQ(answer.header("link"),
            R"(<turn:127.0.0.1:9>; rel="ice-server"; username="joe"; credential="sec\"ret"; )"
            R"(credential-type="password")");
}

TEST_F(HttpSessionsTest, AnEndpointSaysWhatItTakes) {
  add_output();
  for (const char* method : {"OPTIONS", "GET", "HEAD"}) {
    const HttpAnswer answer = http(method, url("/output/whep"));
    EXPECT_EQ(answer.status, 200) << method;
    EXPECT_EQ(answer.header("accept-post"), "application/sdp") << method;
    EXPECT_THAT(answer.header("allow"), HasSubstr("POST")) << method;
    EXPECT_THAT(answer.body, IsEmpty()) << method;
  }
  EXPECT_EQ(http("PUT", url("/output/whep")).status, 405);
  expect_problem(http("OPTIONS", url("/nothing/whep")), 404, "no stream");
  expect_problem(http("GET", url("/output/whip")), 404, "no stream");
}

TEST_F(HttpSessionsTest, WhatIsNoOfferIsRefusedAheadOfEverything) {
  add_output();
  expect_problem(post("/output/whep", test::kChromiumViewer, "text/plain"), 415, "application/sdp");
  expect_problem(post("/output/whep", "{}"), 400, "v=0");
  expect_problem(post("/output/whep", std::string(65 * 1024, 'x')), 413, "65536");
  const std::string offer = test::kChromiumViewer;
  expect_problem(post("/output/whep", offer + offer.substr(offer.find("m=video"))), 422,
                 "2 tracks of video");
  EXPECT_EQ(sessions(), 0U);
  EXPECT_EQ(post("/output/whep", offer, "application/sdp; charset=utf-8").status, 201);
}

TEST_F(HttpSessionsTest, AnOfferThatDoesNotFitTheStreamIsRefused) {
  add_output();
  std::string offer = test::kChromiumViewer;
  for (auto at = offer.find("a=recvonly"); at != std::string::npos; at = offer.find("a=recvonly"))
    offer.replace(at, 10, "a=sendonly");
  expect_problem(post("/output/whep", offer), 422, "VP8");
  EXPECT_EQ(sessions(), 0U);
}

TEST_F(HttpSessionsTest, AStreamThatIsNotThereIs404) {
  add_output();
  add_input();
  expect_problem(post("/nothing/whep"), 404, "no stream");
  expect_problem(post("/output/whip"), 404, "no stream");
  expect_problem(post("/input/whep"), 404, "no stream");
}

TEST_F(HttpSessionsTest, AStreamWithoutMediaYetIs409) {
  add_output(false);
  const HttpAnswer answer = post("/output/whep");
  expect_problem(answer, 409, "not begun");
  EXPECT_THAT(answer.header("retry-after"), Not(IsEmpty()));
}

TEST_F(HttpSessionsTest, LimitsAreThoseOfAllSessions) {
  add_output(true, 1);
  test::SignallingClient viewer("ws://127.0.0.1:" + std::to_string(server_->port()) + "/output");
  ASSERT_TRUE(viewer.wait_for("hello"));
  const HttpAnswer answer = post("/output/whep");
  expect_problem(answer, 503, "as many viewers");
  EXPECT_THAT(answer.header("retry-after"), Not(IsEmpty()));
}

TEST_F(HttpSessionsTest, ASessionAnswersForItself) {
  add_output();
  const HttpAnswer session = watch();
  const std::string path = session.header("location");
  for (const char* method : {"GET", "HEAD"}) {
    const HttpAnswer answer = http(method, url(path));
    EXPECT_EQ(answer.status, 204) << method;
    EXPECT_EQ(answer.header("etag"), session.header("etag")) << method;
  }
  EXPECT_EQ(http("OPTIONS", url(path)).header("accept-patch"), kFragmentType);
  expect_problem(http("PUT", url(path)), 405, "PUT");
  expect_problem(post(path), 405, "POST");
}

TEST_F(HttpSessionsTest, CandidatesComeByPatch) {
  add_output();
  const HttpAnswer session = watch();
  const HttpAnswer answer = patch(session.header("location"), session.header("etag"), kTrickle);
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.header("etag"), IsEmpty());
  // What is of no use is left out, and said to nobody.
  for (const char* candidate : {"a=candidate:1 1 udp 1 secret.local 1 typ host\r\n",
                                "a=candidate:nonsense\r\n", "a=end-of-candidates\r\n"}) {
    EXPECT_EQ(patch(session.header("location"), session.header("etag"), candidate).status, 204);
  }
  EXPECT_EQ(sessions(), 1U);
}

TEST_F(HttpSessionsTest, ThousandsOfCandidatesAreNoBurden) {
  add_output();
  const HttpAnswer session = watch();
  std::string many;
  while (many.size() < 60'000) many += "a=candidate:1 1 udp 1 192.0.2.7 5000 typ host\r\n";
  expect_problem(patch(session.header("location"), session.header("etag"), many), 400, "1000");
  many.resize(40'000);
  EXPECT_EQ(patch(session.header("location"), session.header("etag"), many).status, 204);
}

TEST_F(HttpSessionsTest, APatchNamesWhatItChanges) {
  add_output();
  const HttpAnswer session = watch();
  const std::string path = session.header("location");
  const std::string etag = session.header("etag");
  expect_problem(patch(path, "", kTrickle), 428, "If-Match");
  expect_problem(patch(path, "\"stale\"", kTrickle), 412, "ETag");
  expect_problem(patch(path, etag, kTrickle, "application/sdp"), 415, kFragmentType);
  expect_problem(patch(path, etag, "no fragment"), 400, "fragment");
  expect_problem(patch(path + "x", etag, kTrickle), 404, "no session");
  expect_problem(patch("/other/whep" + path.substr(path.rfind('/')), etag, kTrickle), 404,
                 "no session");
}

TEST_F(HttpSessionsTest, AnIceRestartGivesNewCredentialsAndANewTag) {
  add_output();
  const HttpAnswer session = watch();
  const std::string path = session.header("location");
  for (const char* any : {"\"*\"", "*"}) {
    const HttpAnswer answer = patch(path, any, std::string(kRestart) + kTrickle);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("content-type"), kFragmentType);
    EXPECT_THAT(answer.body, AllOf(HasSubstr("a=ice-ufrag:"), HasSubstr("a=ice-pwd:"),
                                   HasSubstr("a=mid:0\r\n"), HasSubstr("a=candidate:")));
    const auto at = answer.body.find("a=ice-pwd:");
    EXPECT_THAT(session.body,
                Not(HasSubstr(answer.body.substr(at, answer.body.find('\r', at) - at))));
    EXPECT_THAT(answer.header("etag"), AllOf(Not(IsEmpty()), Not(Eq(session.header("etag")))));
    // Candidates of before are not for now.
    expect_problem(patch(path, session.header("etag"), kTrickle), 412, "restarted");
    EXPECT_EQ(patch(path, answer.header("etag"), kTrickle).status, 204);
    // The same credentials once more are no restart.
    EXPECT_EQ(patch(path, any, std::string(kRestart)).status, 204);
    EXPECT_EQ(patch(path, "*", "a=ice-ufrag:third\r\na=ice-pwd:0123456789012345678902\r\n").status,
              200);
  }
}

TEST_F(HttpSessionsTest, DeleteEndsASessionOnce) {
  add_output();
  const std::string path = watch().header("location");
  const HttpAnswer answer = http("DELETE", url(path));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(sessions(), 0U);
  expect_problem(http("DELETE", url(path)), 404, "no session");
  expect_problem(http("GET", url(path)), 404, "no session");
  expect_problem(patch(path, "*", kTrickle), 404, "no session");
}

TEST_F(HttpSessionsTest, AStreamThatEndsTakesItsSessionsAlong) {
  add_output();
  const std::string path = watch().header("location");
  server_->remove(output_, "closing", "The stream ends.");
  expect_problem(http("DELETE", url(path)), 404, "no session");
}

TEST_F(HttpSessionsTest, OneOfTwoPublishersIsTurnedAway) {
  add_input();
  const HttpAnswer first = post("/input/whip", test::kChromiumPublisher);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_THAT(first.body, AllOf(HasSubstr("a=recvonly"), HasSubstr("transport-cc")));
  const HttpAnswer second = post("/input/whip", test::kChromiumPublisher);
  expect_problem(second, 409, "Somebody else");
  EXPECT_EQ(http("GET", url(first.header("location"))).status, 204);
  EXPECT_EQ(http("DELETE", url(first.header("location"))).status, 200);
  EXPECT_EQ(post("/input/whip", test::kChromiumPublisher).status, 201);
}

TEST_F(HttpSessionsTest, ANewPublisherMayReplaceTheFirst) {
  add_input(InputStream::SecondPublisher::kReplace);
  const HttpAnswer first = post("/input/whip", test::kChromiumPublisher);
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(post("/input/whip", test::kChromiumPublisher).status, 201);
  EXPECT_EQ(http("GET", url(first.header("location"))).status, 404);
}

// Neither leaves anything behind that would keep the other from ending.
TEST_F(HttpSessionsTest, AServerMayGoWhileItsSessionsStand) {
  add_output();
  watch();
  watch();
  output_.reset();
  server_.reset();
}

}  // namespace
}  // namespace webrtcserver
