// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsink uri=whip://…: what a WHIP server is sent, and what becomes of its refusals and faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "host_pipeline.hpp"
#include "support/whip_server.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kVideo[] =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 ! ";
constexpr char kAudio[] =
    " audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=2 ! sink. ";

std::string publish_to(const std::string& uri, const std::string& properties = "") {
  return kVideo + ("webrtcsink name=sink uri=" + uri) + " " + properties + " ";
}

// The next element message about the endpoint, as "state: message".
std::string next_report(const HostPipeline& host) {
  while (const auto message = host.wait_message(GST_MESSAGE_ELEMENT)) {
    const GstStructure* structure = gst_message_get_structure(message.get());
    if (!gst_structure_has_name(structure, "webrtc-endpoint")) continue;
    return gst_structure_get_string(structure, "state") + std::string(": ") +
           gst_structure_get_string(structure, "message");
  }
  return "none";
}

TEST(WhipClient, PublishesPictureAndSoundAndSaysGoodbye) {
  WhipServer server;
  {
    const HostPipeline host(publish_to(server.uri("whip"), "auth-token=abc.123") + kAudio);
    ASSERT_TRUE(host.play());
    EXPECT_THAT(next_report(host), AllOf(StartsWith("connected: "), HasSubstr("/live/room")));
    // In the order of the offer: sound first.
    EXPECT_TRUE(server.wait_media(20, 96));
    EXPECT_TRUE(server.wait_media(20, 97));
    EXPECT_EQ(host.number("viewers"), 1U);
    EXPECT_THAT(server.requests("DELETE"), IsEmpty());
  }
  const auto posts = server.requests("POST");
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_EQ(posts[0].path, "/live/room");
  EXPECT_EQ(posts[0].header("content-type"), "application/sdp");
  EXPECT_EQ(posts[0].header("authorization"), "Bearer abc.123");
  EXPECT_THAT(posts[0].body, HasSubstr("a=sendonly"));
  EXPECT_THAT(posts[0].body, HasSubstr("a=candidate:"));
  EXPECT_THAT(posts[0].body, HasSubstr("a=group:BUNDLE"));
  EXPECT_THAT(posts[0].body, Not(HasSubstr("m=application")));
  const auto deletes = server.requests("DELETE");
  ASSERT_THAT(deletes, SizeIs(1)) << "said before the pipeline is down";
  EXPECT_EQ(deletes[0].path, "/live/sessions/1");
  EXPECT_EQ(deletes[0].header("authorization"), "Bearer abc.123");
  EXPECT_EQ(server.sessions(), 0U);
}

TEST(WhipClient, OffersAnewWhenItsMediaChange) {
  WhipServer server;
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  ASSERT_TRUE(server.wait_media());
  GstElement* source = gst_parse_bin_from_description(
      "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=2", TRUE,
      nullptr);
  gst_bin_add(GST_BIN(host.get()), source);
  const auto pad = Ref<GstPad>::adopt(gst_element_request_pad_simple(host.sink(), "audio_%u"));
  const auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(source, "src"));
  ASSERT_EQ(gst_pad_link(output.get(), pad.get()), GST_PAD_LINK_OK);
  gst_element_sync_state_with_parent(source);
  ASSERT_TRUE(server.wait_requests("POST", 2));
  EXPECT_THAT(server.requests("POST")[1].body, AllOf(HasSubstr("m=audio"), HasSubstr("m=video")));
  EXPECT_TRUE(server.wait_media(20, 96));
  EXPECT_TRUE(server.wait_requests("DELETE", 1));
}

TEST(WhipClient, SendsOnePictureAndSaysSo) {
  WhipServer server;
  const HostPipeline host(publish_to(server.uri("whip")) + kVideo + "sink.");
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_warning(), HasSubstr("video_1 is not sent"));
  EXPECT_TRUE(server.wait_media());
  const std::string offer = server.requests("POST").front().body;
  EXPECT_EQ(offer.find("m=video", offer.find("m=video") + 1), std::string::npos);
}

TEST(WhipClient, RunsNoEncoderWhileItIsNotConnected) {
  std::atomic<bool> open{false};
  WhipServer server({.refuse = [&](const auto&) -> std::optional<HttpAnswer> {
    if (open) return {};
    return problem(503, "Not yet.", {{"Retry-After", "0"}});
  }});
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_warning(),
              AllOf(HasSubstr("503"), HasSubstr("Not yet."), HasSubstr("Trying again in")));
  EXPECT_EQ(host.statistic("encoders/video_0-H264"), "");
  open = true;
  EXPECT_TRUE(server.wait_media());
  EXPECT_NE(host.statistic("encoders/video_0-H264"), "");
}

TEST(WhipClient, ComesAgainWhenTheServerSaysSo) {
  std::atomic<unsigned> asked{0};
  WhipServer server({.refuse = [&](const auto& request) -> std::optional<HttpAnswer> {
    if (request.method != "POST" || ++asked > 2) return {};
    return problem(asked == 1 ? 409 : 404, "Nobody is here.");
  }});
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(next_report(host), AllOf(StartsWith("retrying: "), HasSubstr("409")));
  EXPECT_THAT(next_report(host), AllOf(StartsWith("retrying: "), HasSubstr("404")));
  EXPECT_THAT(next_report(host), StartsWith("connected: "));
  EXPECT_EQ(host.pending_error(), "");
}

TEST(WhipClient, RefusalIsAnErrorInTheServersWords) {
  const std::string resource = "resource ";
  struct Case {
    int status;
    int code;
  };
  for (const auto& [status, code] :
       {Case{401, GST_RESOURCE_ERROR_NOT_AUTHORIZED}, Case{403, GST_RESOURCE_ERROR_NOT_AUTHORIZED},
        Case{415, GST_RESOURCE_ERROR_OPEN_WRITE}, Case{422, GST_RESOURCE_ERROR_OPEN_WRITE}}) {
    WhipServer server(
        {.refuse = [status = status](const auto&) { return problem(status, "Not like this"); }});
    const HostPipeline host(publish_to(server.uri("whip")));
    ASSERT_TRUE(host.play());
    EXPECT_THAT(
        host.wait_error(),
        AllOf(StartsWith(resource + std::to_string(code) + ": "), HasSubstr(std::to_string(status)),
              HasSubstr("Not like this."), HasSubstr(server.url("/live/room"))));
    EXPECT_THAT(server.requests("POST"), SizeIs(1));
  }
}

TEST(WhipClient, FollowsARedirectButShowsTheTokenToNoOtherOrigin) {
  WhipServer other;
  WhipServer server({.refuse = [&](const auto& request) -> std::optional<HttpAnswer> {
    if (path_of(request.path) == "/live/room")
      return HttpAnswer{.status = 307, .headers = {{"Location", "../near?by=1"}}, .body = ""};
    return HttpAnswer{.status = 307, .headers = {{"Location", other.url("/far/away")}}, .body = ""};
  }});
  {
    const HostPipeline host(publish_to(server.uri("whip"), "auth-token=abc"));
    ASSERT_TRUE(host.play());
    EXPECT_TRUE(other.wait_media());
  }
  const auto first = server.requests("POST");
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[1].path, "/near?by=1");
  EXPECT_EQ(first[1].header("authorization"), "Bearer abc");
  EXPECT_EQ(first[1].body, first[0].body);
  const auto second = other.requests("POST");
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].path, "/far/away");
  EXPECT_EQ(second[0].header("authorization"), "");
  EXPECT_EQ(second[0].header("content-type"), "application/sdp");
  const auto deletes = other.requests("DELETE");
  ASSERT_THAT(deletes, SizeIs(1));
  EXPECT_EQ(deletes[0].path, "/far/sessions/1") << "relative to who answered";
  EXPECT_EQ(deletes[0].header("authorization"), "");
}

TEST(WhipClient, RedirectsOfOtherKindsAndCirclesAreRefused) {
  WhipServer found({.refuse = [](const auto&) {
    return HttpAnswer{.status = 302, .headers = {{"Location", "/elsewhere"}}, .body = ""};
  }});
  const HostPipeline host(publish_to(found.uri("whip")));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_error(), HasSubstr("302"));
  EXPECT_THAT(found.requests("POST"), SizeIs(1));

  WhipServer circle({.refuse = [](const auto&) {
    return HttpAnswer{.status = 307, .headers = {{"Location", "/live/room"}}, .body = ""};
  }});
  const HostPipeline lost(publish_to(circle.uri("whip")));
  ASSERT_TRUE(lost.play());
  EXPECT_THAT(lost.wait_error(), HasSubstr("redirects more than"));
}

TEST(WhipClient, NeedsNeitherEntityTagNorLocation) {
  WhipServer server({.headers = {}, .location = ""});
  {
    const HostPipeline host(publish_to(server.uri("whip")));
    ASSERT_TRUE(host.play());
    EXPECT_TRUE(server.wait_media());
  }
  EXPECT_THAT(server.requests("DELETE"), IsEmpty());
  EXPECT_THAT(server.requests("PATCH"), IsEmpty());
}

TEST(WhipClient, TakesAnAnswerThatIsNoSdpAsARefusal) {
  WhipServer server({.refuse = [](const auto&) {
    return HttpAnswer{.status = 200, .headers = {{"Content-Type", "text/html"}}, .body = "<html>"};
  }});
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_error(), HasSubstr("no application/sdp"));
}

TEST(WhipClient, TakesNoMoreThanItsBound) {
  WhipServer server({.refuse = [](const auto&) {
    return HttpAnswer{.status = 201,
                      .headers = {{"Content-Type", "application/sdp"}},
                      .body = std::string(100'000, 'v')};
  }});
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_error(), HasSubstr("64 KiB"));
}

TEST(WhipClient, WaitsForAServerThatIsNotThereYet) {
  std::uint16_t port = 0;
  std::string uri;
  {
    const WhipServer gone;
    port = gone.port();
    uri = gone.uri("whip");
  }
  const HostPipeline host(publish_to(uri));
  ASSERT_TRUE(host.play());
  EXPECT_THAT(host.wait_warning(), AllOf(HasSubstr("refused"), HasSubstr("Trying again in")));
  WhipServer server({.port = port});
  EXPECT_TRUE(server.wait_media());
}

TEST(WhipClient, ComesBackWhenTheServerHangsUp) {
  WhipServer server;
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  ASSERT_TRUE(server.wait_media(30));
  server.hang_up();
  EXPECT_THAT(host.wait_warning(), HasSubstr("has closed the connection. Trying again in"));
  ASSERT_TRUE(server.wait_requests("POST", 2));
  EXPECT_TRUE(server.wait_requests("DELETE", 1)) << "of the first session";
  EXPECT_TRUE(server.wait_media(30));
}

TEST(WhipClient, ComesBackWhenTheServerIsGone) {
  WhipServer server;
  const HostPipeline host(publish_to(server.uri("whip")));
  ASSERT_TRUE(host.play());
  ASSERT_TRUE(server.wait_media(30));
  server.drop_sessions();
  // It takes a while until a silence is one.
  std::string warning;
  for (int i = 0; i < 3 && warning.empty(); ++i) warning = host.wait_warning();
  EXPECT_THAT(warning, HasSubstr("it has gone, or the network has. Trying again in"));
  ASSERT_TRUE(server.wait_requests("POST", 2));
  EXPECT_TRUE(server.wait_media(30));
}

}  // namespace
}  // namespace webrtcserver::test
