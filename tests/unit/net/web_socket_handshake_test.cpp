// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/web_socket_handshake.hpp"

#include <gtest/gtest.h>

namespace webrtcserver {
namespace {

HttpRequest good() {
  HttpRequest request;
  request.method = "GET";
  request.headers = {{"upgrade", "websocket"},
                     {"connection", "keep-alive, Upgrade"},
                     {"sec-websocket-version", "13"},
                     {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  return request;
}

int status_with(const std::string& name, const std::string& value) {
  HttpRequest request = good();
  request.headers[name] = value;
  const auto wrong = check_web_socket_handshake(request);
  return wrong ? wrong->status : 101;
}

TEST(WebSocketHandshake, AnswersAsTheRfcDoes) {  // RFC 6455, section 1.3
  EXPECT_FALSE(check_web_socket_handshake(good()));
  EXPECT_EQ(web_socket_accept(good()), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, IsRecognised) {
  EXPECT_TRUE(wants_web_socket(good()));
  HttpRequest request = good();
  request.headers["upgrade"] = "h2c, WebSocket";
  EXPECT_TRUE(wants_web_socket(request));
  request.headers["upgrade"] = "h2c";
  EXPECT_FALSE(wants_web_socket(request));
  request = good();
  request.method = "POST";
  EXPECT_FALSE(wants_web_socket(request));
}

TEST(WebSocketHandshake, RefusesWhatIsMalformed) {
  EXPECT_EQ(status_with("connection", "keep-alive"), 400);
  EXPECT_EQ(status_with("sec-websocket-version", "8"), 426);
  EXPECT_EQ(status_with("sec-websocket-version", ""), 426);
  EXPECT_EQ(status_with("sec-websocket-key", ""), 400);
  EXPECT_EQ(status_with("sec-websocket-key", "c2hvcnQ="), 400);
  EXPECT_EQ(status_with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZSEh"), 400);
  EXPECT_EQ(status_with("sec-websocket-key", "!!!!!!!!!!!!!!!!!!!!!!=="), 400);
}

}  // namespace
}  // namespace webrtcserver
