// SPDX-License-Identifier: LGPL-2.1-or-later
// The element's address: what is wrong with one stops the state change and says so on the bus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The error of a pipeline that is to open at `uri`.
std::string error_of(const std::string& uri) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink");
  g_object_set(host.sink(), "uri", uri.c_str(), nullptr);
  EXPECT_FALSE(host.set_state(GST_STATE_READY)) << uri;
  return host.wait_error();
}

TEST(Uri, IsRefusedWithTheWrongPartAndWhatIsAllowed) {
  const std::string settings = "resource " + std::to_string(GST_RESOURCE_ERROR_SETTINGS) + ": ";
  EXPECT_EQ(error_of("output"), settings +
                                    "The address is “output”; write it as "
                                    "webrtc://<interface>:<port>/<stream>.");
  EXPECT_EQ(error_of("http://@:8554/output"),
            settings + "The scheme is “http”; use webrtc:// or webrtcs://.");
  EXPECT_EQ(error_of("whep://example.org/output"),
            settings +
                "The scheme “whep” plays from a server; it is for webrtcsrc. Use whip:// or "
                "whips:// to publish.");
  EXPECT_EQ(error_of("webrtc://127.0.0.1:70000/output"),
            settings +
                "The port is “70000”; use 1 to 65535, 0 to let the kernel choose, or leave "
                "it out for 8554.");
  EXPECT_EQ(error_of("webrtc://300.1.1.1:0/output"),
            settings +
                "The interface is “300.1.1.1”; use @ for every IPv4 address, [::] for every "
                "address, an IPv4 address, an IPv6 address in brackets, localhost or a host "
                "name.");
  EXPECT_EQ(error_of("webrtc://127.0.0.1:0/a/b"),
            settings +
                "The stream name is “a/b”; use letters, digits, dot, underscore, tilde and "
                "hyphen only.");
  EXPECT_EQ(error_of("webrtc://127.0.0.1:0/"),
            settings +
                "The stream name is missing; end the address with one, e.g. "
                "webrtc://@:8554/output.");
  EXPECT_EQ(error_of("webrtc://127.0.0.1:0/api"),
            settings +
                "The stream name “api” is reserved for the server's own pages; choose "
                "another.");
}

TEST(Uri, OptionsThatDoNotExistOrFitAreRefused) {
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?speed=1"),
              AllOf(HasSubstr("option \"speed\""), HasSubstr("gst-inspect-1.0")));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?viewers=1"), HasSubstr("option \"viewers\""));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?name=other"), HasSubstr("option \"name\""));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?max-viewers=many"),
              AllOf(HasSubstr("option max-viewers cannot be \"many\""),
                    HasSubstr("a whole number from 1 to")));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?max-viewers=0"),
              HasSubstr("option max-viewers cannot be \"0\""));
  EXPECT_THAT(error_of("webrtc://127.0.0.1:0/output?max-viewers=1&max-viewers=2"),
              HasSubstr("given twice"));
}

TEST(Uri, OptionsSetProperties) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink");
  g_object_set(host.sink(), "uri",
               "webrtc://127.0.0.1:0/output?max-viewers=3&stun-server=stun%3A%2F%2F127.0.0.1%3A3478"
               "&ice-tcp=false&ice-transport-policy=relay&meta=meta%2Ctitle%3DGate",
               nullptr);
  EXPECT_EQ(host.number("max-viewers"), 3U);
  EXPECT_EQ(host.text("stun-server"), "stun://127.0.0.1:3478");
  gboolean tcp = TRUE;
  int policy = 0;
  g_object_get(host.sink(), "ice-tcp", &tcp, "ice-transport-policy", &policy, nullptr);
  EXPECT_FALSE(tcp);
  EXPECT_EQ(policy, GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY);
  ASSERT_TRUE(host.set_state(GST_STATE_PAUSED));
  EXPECT_THAT(http_get(host.url("/api/streams")).body, HasSubstr(R"("meta":{"title":"Gate"})"));
}

TEST(Uri, ReadsBackThePortThatTheKernelChose) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  EXPECT_EQ(host.text("uri"), "webrtc://127.0.0.1:0/output");
  int notified = 0;
  g_signal_connect(host.sink(), "notify::uri",
                   G_CALLBACK(+[](GObject*, GParamSpec*, int* count) { ++*count; }), &notified);
  ASSERT_TRUE(host.set_state(GST_STATE_READY));
  EXPECT_EQ(notified, 1);
  EXPECT_GT(host.port(), 0);
  GStrv urls = nullptr;
  g_object_get(host.sink(), "urls", &urls, nullptr);
  ASSERT_TRUE(urls && *urls);
  EXPECT_THAT(std::string(*urls), AllOf(StartsWith("http://"),
                                        EndsWith(":" + std::to_string(host.port()) + "/output")));
  g_strfreev(urls);
  EXPECT_EQ(http_get(host.url("/healthz")).status, 200);
  ASSERT_TRUE(host.set_state(GST_STATE_NULL));
  EXPECT_EQ(host.text("uri"), "webrtc://127.0.0.1:0/output");
}

TEST(Uri, HandlerMakesTheElement) {
  GError* error = nullptr;
  const auto made = Ref<GstElement>::sink(gst_element_make_from_uri(
      GST_URI_SINK, "webrtc://127.0.0.1:0/camera?max-viewers=7", "made", &error));
  ASSERT_TRUE(made) << error->message;
  EXPECT_STREQ(G_OBJECT_TYPE_NAME(made.get()), "GstWebRTCServerSink");
  guint most = 0;
  g_object_get(made.get(), "max-viewers", &most, nullptr);
  EXPECT_EQ(most, 7U);
  EXPECT_EQ(take_string(gst_uri_handler_get_uri(GST_URI_HANDLER(made.get()))),
            "webrtc://127.0.0.1:0/camera?max-viewers=7");
}

TEST(Uri, HandlerSaysWhatIsWrong) {
  for (const char* uri : {"webrtc://127.0.0.1:0/", "webrtc://127.0.0.1:0/output?speed=1"}) {
    GError* error = nullptr;
    const auto made =
        Ref<GstElement>::sink(gst_element_make_from_uri(GST_URI_SINK, uri, nullptr, &error));
    EXPECT_FALSE(made) << uri;
    ASSERT_TRUE(error);
    const Owned<GError> owned(error);
    EXPECT_TRUE(g_error_matches(error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI)) << error->message;
  }
}

TEST(Uri, HandlerRefusesWhileOpen) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output");
  ASSERT_TRUE(host.set_state(GST_STATE_READY));
  GError* error = nullptr;
  EXPECT_FALSE(
      gst_uri_handler_set_uri(GST_URI_HANDLER(host.sink()), "webrtc://127.0.0.1:0/b", &error));
  const Owned<GError> owned(error);
  EXPECT_TRUE(g_error_matches(error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE));
}

}  // namespace
}  // namespace webrtcserver::test
