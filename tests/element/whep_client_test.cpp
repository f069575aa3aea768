// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc uri=whep://…: what a WHEP server is asked, and that its media comes.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"
#include "support/whip_server.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string play_from(const std::string& uri, const std::string& properties = "") {
  return "webrtcsrc name=source latency=20 uri=" + uri + " " + properties +
         " source. ! videoconvert ! appsink name=video max-buffers=1 drop=true "
         "source. ! audioconvert ! appsink name=audio async=false max-buffers=1 drop=true";
}

bool pull(const HostPipeline& host, const char* name) {
  const auto sink = host.element(name);
  return Ref<GstSample>::adopt(gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()),
                                                            kPatienceInNanoseconds)) != nullptr;
}

std::vector<RemotePeer::Source> camera_and_microphone() {
  return {{"video", kCamera, {}}, {"audio", kMicrophone, {}}};
}

TEST(WhepClient, PlaysPictureAndSoundAndSaysGoodbye) {
  WhipServer server({.sources = camera_and_microphone()});
  {
    const HostPipeline host(play_from(server.uri("whep"), "auth-token=abc"));
    ASSERT_TRUE(host.start());
    EXPECT_TRUE(pull(host, "video"));
    EXPECT_TRUE(pull(host, "audio"));
    EXPECT_EQ(host.number("publishers"), 1U);
  }
  const auto posts = server.requests("POST");
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_EQ(posts[0].header("content-type"), "application/sdp");
  EXPECT_EQ(posts[0].header("authorization"), "Bearer abc");
  EXPECT_THAT(posts[0].body, HasSubstr("a=recvonly"));
  EXPECT_THAT(posts[0].body, Not(HasSubstr("m=application")));
  EXPECT_THAT(server.requests("DELETE"), SizeIs(1));
}

TEST(WhepClient, PlaysFromAServerThatHasNoSound) {
  WhipServer server({.sources = {{"video", kCamera, {}}}});
  const HostPipeline host(play_from(server.uri("whep")));
  ASSERT_TRUE(host.start());
  EXPECT_TRUE(pull(host, "video"));
}

TEST(WhepClient, TakesAnAnswerAsServersWriteIt) {
  WhipServer server({.sources = {{"video", kCamera, {}}}, .edit_answer = [](std::string sdp) {
                       // Lite, said for all; the answerer waits for us; the m-lines unnamed.
                       for (auto at = sdp.find("a=mid:"); at != std::string::npos;
                            at = sdp.find("a=mid:"))
                         sdp.erase(at, sdp.find('\n', at) + 1 - at);
                       sdp.insert(sdp.find("m="), "a=ice-lite\r\n");
                       const auto last = sdp.rfind("a=candidate:");
                       sdp.insert(sdp.find('\n', last) + 1, "a=end-of-candidates\r\n");
                       return sdp;
                     }});
  const HostPipeline host(play_from(server.uri("whep")));
  ASSERT_TRUE(host.start());
  EXPECT_TRUE(pull(host, "video"));
}

TEST(WhepClient, WaitsUntilSomebodyIsLive) {
  unsigned asked = 0;  // the server's thread
  WhipServer server({.refuse = [&asked](const auto& request) -> std::optional<HttpAnswer> {
                       if (request.method != "POST" || ++asked > 1) return {};
                       return problem(409, "Nothing is live", {{"Retry-After", "1"}});
                     },
                     .sources = {{"video", kCamera, {}}}});
  const HostPipeline host(play_from(server.uri("whep")));
  ASSERT_TRUE(host.start());
  EXPECT_THAT(host.wait_warning(), AllOf(StartsWith("resource "), HasSubstr("Nothing is live.")));
  EXPECT_TRUE(pull(host, "video"));
}

TEST(WhepClient, RefusalIsAnErrorInTheServersWords) {
  WhipServer server({.refuse = [](const auto&) { return problem(401, "Who are you?"); }});
  const HostPipeline host(play_from(server.uri("whep")));
  ASSERT_TRUE(host.start());
  EXPECT_THAT(host.wait_error(),
              AllOf(StartsWith("resource " + std::to_string(GST_RESOURCE_ERROR_NOT_AUTHORIZED)),
                    HasSubstr("Who are you? Set auth-token")));
}

TEST(WhepClient, IsForTheSourceOnly) {
  const HostPipeline host(play_from("whip://127.0.0.1/live"));
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(), HasSubstr("it is for webrtcsink"));
}

TEST(WhepClient, SchemesFindTheElements) {
  const auto element_for = [](GstURIType type, const char* uri) {
    const auto element =
        Ref<GstElement>::sink(gst_element_make_from_uri(type, uri, nullptr, nullptr));
    return element ? std::string(GST_OBJECT_NAME(gst_element_get_factory(element.get())))
                   : std::string("none");
  };
  EXPECT_EQ(element_for(GST_URI_SINK, "whips://host/live"), "webrtcserversink");
  EXPECT_EQ(element_for(GST_URI_SRC, "whep://host/live"), "webrtcserversrc");
}

}  // namespace
}  // namespace webrtcserver::test
