// SPDX-License-Identifier: LGPL-2.1-or-later
// The client with our own listener: certificates, limits, tokens.
#include "net/http_client.hpp"

#include <gmock/gmock.h>

#include <future>

#include "base/error.hpp"
#include "listener_fixture.hpp"
#include "support/patience.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using ::testing::HasSubstr;

class HttpClientTest : public test::ListenerFixture {
 protected:
  ~HttpClientTest() override {
    if (!client_) return;
    EXPECT_TRUE(client_->wait_idle(test::kPatience));
    client_.reset();
  }

  // With a certificate that names localhost and nothing else.
  void start_tls() {
    const auto key = test::make_key();
    Listener::Settings settings;
    settings.tls = TlsFiles{folder_.write("certificate.pem", test::certificate_pem(key)),
                            folder_.write("key.pem", test::key_pem(key))};
    start(settings);
    serve();
  }

  void start_plain() {
    start();
    serve();
  }

  void serve() {
    add("POST", "/echo", [](const HttpRequest& request) {
      return HttpResponse::text(201, request.header("authorization").value_or("none") + " " +
                                         request.header("content-type").value_or("none") + " " +
                                         request.body)
          .with("Location", "/next")
          .with("Link", "<a>");
    });
  }

  std::string url(const char* scheme, const char* host = "localhost") const {
    return std::string(scheme) + "://" + host + ":" + std::to_string(port()) + "/echo";
  }

  HttpClient::Reply post(HttpClient::Settings settings) {
    const std::string to = settings.url;
    client_ = HttpClient::create(loop_, std::move(settings));
    return post_again(to);
  }

  HttpClient::Reply post_again(const std::string& to) {
    auto promise = std::make_shared<std::promise<HttpClient::Reply>>();
    auto reply = promise->get_future();
    loop_.post([&] {
      client_->send({.method = "POST", .url = to, .content_type = "text/x", .body = "hello"},
                    [promise](const HttpClient::Reply& got) { promise->set_value(got); });
    });
    EXPECT_EQ(reply.wait_for(test::kPatience), std::future_status::ready);
    return reply.get();
  }

  const test::TemporaryFolder folder_;
  std::shared_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, SendsABodyAndTheTokenAndReadsTheReply) {
  start_plain();
  const auto reply = post({.url = url("http"), .token = "abc"});
  EXPECT_EQ(reply.status, 201) << reply.error;
  EXPECT_EQ(reply.body, "Bearer abc text/x hello");
  EXPECT_EQ(reply.header("link"), "<a>");
  EXPECT_EQ(reply.header("etag"), "");
  EXPECT_EQ(reply.resolve(reply.header("location")),
            "http://localhost:" + std::to_string(port()) + "/next");
  EXPECT_FALSE(reply.without_token);
}

TEST_F(HttpClientTest, ShowsTheTokenToNoOtherOrigin) {
  start_plain();
  post({.url = url("http"), .token = "abc"});
  const auto reply = post_again(url("http", "127.0.0.1"));
  EXPECT_EQ(reply.body, "none text/x hello");
  EXPECT_TRUE(reply.without_token);
}

TEST_F(HttpClientTest, RefusesACertificateOfAnUnknownAuthority) {
  start_tls();
  const auto reply = post({.url = url("https")});
  EXPECT_EQ(reply.status, 0);
  EXPECT_TRUE(reply.permanent);
  EXPECT_THAT(reply.error, HasSubstr("unknown authority"));
  EXPECT_THAT(reply.error, HasSubstr("ssl-ca-file"));
}

TEST_F(HttpClientTest, TrustsTheAuthorityThatItIsGiven) {
  start_tls();
  const auto reply = post({.url = url("https"), .ca_file = folder_.path("certificate.pem")});
  EXPECT_EQ(reply.status, 201) << reply.error;
  const auto other = post_again(url("https", "127.0.0.1"));
  EXPECT_EQ(other.status, 0);
  EXPECT_THAT(other.error, HasSubstr("another host name"));
}

TEST_F(HttpClientTest, TakesAnyCertificateWhenTold) {
  start_tls();
  const auto reply = post({.url = url("https"), .strict = false});
  EXPECT_EQ(reply.status, 201) << reply.error;
}

TEST_F(HttpClientTest, SaysWhatIsWrongWithAnAuthoritysFile) {
  for (const std::string& path : {folder_.path("none.pem"), folder_.write("empty.pem", "")}) {
    try {
      HttpClient::create(loop_, {.url = "https://localhost/", .ca_file = path});
      ADD_FAILURE() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kTls);
      EXPECT_THAT(error.what(), HasSubstr(path));
    }
  }
}

TEST_F(HttpClientTest, DoesNotWaitForEver) {
  // It takes connections and never answers.
  const auto listener = Ref<GSocketListener>::adopt(g_socket_listener_new());
  const guint16 port = g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr);
  const auto reply = post({.url = "http://127.0.0.1:" + std::to_string(port) + "/",
                           .limit = std::chrono::milliseconds(1000)});
  EXPECT_EQ(reply.status, 0);
  EXPECT_FALSE(reply.permanent);
  EXPECT_THAT(reply.error, HasSubstr("did not answer within 1 seconds"));
}

TEST_F(HttpClientTest, FollowsNoReferenceAwayFromHttps) {
  HttpClient::Reply reply;
  reply.url = "https://host/a/b?c";
  EXPECT_EQ(reply.resolve("../d"), "https://host/d");
  EXPECT_EQ(reply.resolve("//other/d"), "https://other/d");
  EXPECT_EQ(reply.resolve("d%2Fe?f=%26"), "https://host/a/d%2Fe?f=%26");
  EXPECT_EQ(reply.resolve("http://host/d"), "");
  EXPECT_EQ(reply.resolve("file:///etc/passwd"), "");
  reply.url = "http://host/a";
  EXPECT_EQ(reply.resolve("https://host/d"), "https://host/d");
}

}  // namespace
}  // namespace webrtcserver
