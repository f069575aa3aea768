// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace webrtcserver {
namespace {

std::string text_of(const HttpResponse& response) {
  gsize size = 0;
  const void* data = g_bytes_get_data(response.body.get(), &size);
  return {static_cast<const char*>(data), size};
}

TEST(HttpResponse, WritesProblemDocuments) {
  const auto response = HttpResponse::problem(404, "No \"such\" thing.");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  const JsonReader json(text_of(response));
  EXPECT_EQ(json.string("title"), "Not Found");
  EXPECT_EQ(json.integer("status"), 404);
  EXPECT_EQ(json.string("detail"), "No \"such\" thing.");
}

TEST(HttpResponse, CarriesTextAndHeaders) {
  const auto response = HttpResponse::text(200, std::string_view("a\0b", 3)).with("X-A", "1");
  EXPECT_EQ(text_of(response).size(), 3U);
  EXPECT_EQ(response.headers.back(), std::make_pair(std::string("X-A"), std::string("1")));
}

TEST(HttpRequest, FindsHeadersByLowerCaseName) {
  HttpRequest request;
  request.headers["accept"] = "text/html";
  EXPECT_EQ(request.header("accept"), "text/html");
  EXPECT_FALSE(request.header("origin"));
}

}  // namespace
}  // namespace webrtcserver
