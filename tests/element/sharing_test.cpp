// SPDX-License-Identifier: LGPL-2.1-or-later
// Elements of one process on one port, and ports and certificates that cannot be had.
#include <gio/gio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host_pipeline.hpp"
#include "support/http_client.hpp"
#include "support/temporary_files.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string resource_error(GstResourceError code) {
  return "resource " + std::to_string(code) + ": ";
}

std::string at_port(std::uint16_t port, const std::string& stream,
                    const std::string& properties = "") {
  return "videotestsrc is-live=true ! webrtcsink name=sink uri=webrtc://127.0.0.1:" +
         std::to_string(port) + "/" + stream + " " + properties;
}

TEST(Sharing, ElementsOfSeveralPipelinesHaveOneServer) {
  const HostPipeline first(at_port(0, "first"));
  ASSERT_TRUE(first.play());
  {
    const HostPipeline second(at_port(first.port(), "second"));
    ASSERT_TRUE(second.play());
    const auto streams = http_get(first.url("/api/streams")).json();
    EXPECT_TRUE(streams.object("/first"));
    EXPECT_TRUE(streams.object("/second"));
    Viewer one(first.url("/first", "ws"));
    Viewer two(first.url("/second", "ws"));
    EXPECT_TRUE(one.watch());
    EXPECT_TRUE(two.watch());
  }
  // The server stays for the one that is left.
  const auto streams = http_get(first.url("/api/streams")).json();
  EXPECT_TRUE(streams.object("/first"));
  EXPECT_FALSE(streams.object("/second"));
}

TEST(Sharing, TheLastElementClosesThePortForTheNext) {
  std::uint16_t port = 0;
  for (int i = 0; i < 20; ++i) {
    const HostPipeline host(at_port(port, "output"));
    ASSERT_TRUE(host.set_state(GST_STATE_PAUSED)) << host.pending_error();
    port = host.port();
    EXPECT_EQ(http_get(host.url("/healthz")).status, 200);
  }
}

TEST(Sharing, ANameIsTakenOnce) {
  const HostPipeline first(at_port(0, "output"));
  ASSERT_TRUE(first.play());
  const HostPipeline second(at_port(first.port(), "output"));
  EXPECT_FALSE(second.set_state(GST_STATE_PAUSED));
  EXPECT_EQ(second.wait_error(), resource_error(GST_RESOURCE_ERROR_SETTINGS) +
                                     "The server already has a stream to browsers named "
                                     "\"output\"; give this one another name in "
                                     "its uri.");
  ASSERT_TRUE(first.set_state(GST_STATE_NULL));
  second.set_state(GST_STATE_NULL);
  EXPECT_TRUE(second.play());
}

TEST(Sharing, SettingsMayNotContradict) {
  const HostPipeline first(at_port(0, "first"));
  ASSERT_TRUE(first.play());
  const HostPipeline second(at_port(first.port(), "second", "stun-server=stun://127.0.0.1:3478"));
  EXPECT_FALSE(second.set_state(GST_STATE_READY));
  EXPECT_EQ(second.wait_error(),
            resource_error(GST_RESOURCE_ERROR_SETTINGS) +
                "The server at 127.0.0.1:" + std::to_string(first.port()) +
                " already runs in this process with other ICE settings; give its elements the "
                "same, or another port.");
}

TEST(Sharing, APortOfAnotherProgramIsAnError) {
  const auto socket = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr));
  const auto any =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
  ASSERT_TRUE(g_socket_bind(socket.get(), any.get(), FALSE, nullptr));
  ASSERT_TRUE(g_socket_listen(socket.get(), nullptr));
  const auto bound = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
  const guint16 port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  const HostPipeline host(at_port(port, "output"));
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(), AllOf(StartsWith(resource_error(GST_RESOURCE_ERROR_BUSY)),
                                       HasSubstr(std::to_string(port)), HasSubstr("in use")));
  // Nothing is left of the attempt.
  ASSERT_TRUE(g_socket_close(socket.get(), nullptr));
  EXPECT_TRUE(host.play());
}

TEST(Sharing, AnAddressOfAnotherMachineIsAnError) {
  const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=webrtc://203.0.113.1:0/output");
  EXPECT_FALSE(host.set_state(GST_STATE_READY));
  EXPECT_THAT(host.wait_error(), AllOf(StartsWith(resource_error(GST_RESOURCE_ERROR_OPEN_WRITE)),
                                       HasSubstr("203.0.113.1")));
}

class Tls : public ::testing::Test {
 protected:
  ~Tls() override {
    g_unsetenv("SSL_CERT");
    g_unsetenv("SSL_KEY");
  }

  static std::string error_of(const std::string& properties, const char* scheme = "webrtc") {
    const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=" + std::string(scheme) +
                            "://127.0.0.1:0/output " + properties);
    EXPECT_FALSE(host.set_state(GST_STATE_READY));
    return host.wait_error();
  }

  std::string files(const std::string& certificate, const std::string& key) const {
    return "tls-certificate=" + certificate + " tls-key=" + key;
  }

  const TemporaryFolder folder_;
  const Key key_ = make_key();
  const std::string key_path_ = folder_.write("key.pem", key_pem(key_));
  const std::string certificate_path_ = folder_.write("certificate.pem", certificate_pem(key_));
};

TEST_F(Tls, ServesHttpsAndWss) {
  const HostPipeline host(kLiveVideo + files(certificate_path_, key_path_));
  ASSERT_TRUE(host.play());
  EXPECT_EQ(http_get(host.url("/healthz", "https")).status, 200);
  EXPECT_NE(http_get(host.url("/healthz")).status, 200);
  Viewer viewer(host.url("/output", "wss"));
  EXPECT_TRUE(viewer.watch());
  GStrv urls = nullptr;
  g_object_get(host.sink(), "urls", &urls, nullptr);
  EXPECT_THAT(std::string(*urls), StartsWith("https://"));
  g_strfreev(urls);
}

TEST_F(Tls, TakesItsFilesFromTheEnvironment) {
  g_setenv("SSL_CERT", certificate_path_.c_str(), TRUE);
  g_setenv("SSL_KEY", key_path_.c_str(), TRUE);
  const HostPipeline host("videotestsrc ! webrtcsink name=sink uri=webrtcs://127.0.0.1:0/output");
  ASSERT_TRUE(host.set_state(GST_STATE_PAUSED)) << host.pending_error();
  EXPECT_EQ(http_get(host.url("/healthz", "https")).status, 200);
}

TEST_F(Tls, MakesACertificateOfItsOwn) {
  const HostPipeline host(std::string(kLiveVideo) + "tls=self-signed");
  ASSERT_TRUE(host.play());
  EXPECT_EQ(http_get(host.url("/healthz", "https")).status, 200);
  Viewer viewer(host.url("/output", "wss"));
  EXPECT_TRUE(viewer.watch());
  const auto message = host.wait_message(GST_MESSAGE_INFO);
  ASSERT_TRUE(message);
  GError* info = nullptr;
  gst_message_parse_info(message.get(), &info, nullptr);
  const Owned<GError> owned(info);
  EXPECT_THAT(info->message, HasSubstr("SHA-256"));
  EXPECT_THAT(info->message, HasSubstr("https://"));
}

TEST_F(Tls, FailsClosed) {
  const std::string open = resource_error(GST_RESOURCE_ERROR_OPEN_WRITE);
  const std::string missing = folder_.path("missing.pem");
  EXPECT_THAT(error_of(files(missing, key_path_)), AllOf(StartsWith(open), HasSubstr(missing)));
  EXPECT_THAT(error_of(files(certificate_path_, missing)),
              AllOf(StartsWith(open), HasSubstr(missing)));
  EXPECT_THAT(error_of("tls-certificate=" + certificate_path_),
              AllOf(StartsWith(open), HasSubstr("key")));
  const std::string other = folder_.write("other.pem", key_pem(make_key()));
  EXPECT_THAT(error_of(files(certificate_path_, other)), AllOf(StartsWith(open), HasSubstr(other)));
  EXPECT_EQ(error_of("", "webrtcs"),
            open +
                "webrtcs:// needs a certificate: set tls-certificate and tls-key, or $SSL_CERT "
                "and $SSL_KEY, or tls=self-signed.");
}

}  // namespace
}  // namespace webrtcserver::test
