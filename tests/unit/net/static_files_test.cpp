// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/static_files.hpp"

#include <gio/gio.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using ::testing::StartsWith;

std::string header_of(const HttpResponse& response, const std::string& wanted) {
  for (const auto& [name, value] : response.headers) {
    if (name == wanted) return value;
  }
  return "(none)";
}

std::string text_of(const HttpResponse& response) {
  if (!response.body) return "(none)";
  gsize size = 0;
  const void* data = g_bytes_get_data(response.body.get(), &size);
  return {static_cast<const char*>(data), size};
}

// A resource that is compiled for the test, so that the page itself may change.
class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    folder_.write("index.html", "<p>page</p>");
    folder_.write("webrtc-client.js", "export {};");
    folder_.write("webrtc-client/peer.js", "export {};");
    folder_.write("assets/app.css", "p {}");
    folder_.write("assets/LICENSE", "MIT");
    folder_.write("assets/data.bin", "x");
    const std::string description = folder_.write(
        "test.gresource.xml",
        "<gresources><gresource "
        "prefix=\"/test/web\"><file>index.html</file><file>webrtc-client.js</file>"
        "<file>webrtc-client/peer.js</file><file>assets/app.css</file><file>assets/LICENSE</file>"
        "<file>assets/data.bin</file></gresource></gresources>");
    const std::string target = folder_.path("test.gresource");
    const std::string source = folder_.path("");
    const char* arguments[] = {
        "glib-compile-resources", "--target",          target.c_str(), "--sourcedir",
        source.c_str(),           description.c_str(), nullptr};
    int status = -1;
    g_spawn_sync(nullptr, const_cast<char**>(arguments), nullptr, G_SPAWN_SEARCH_PATH, nullptr,
                 nullptr, nullptr, nullptr, &status, nullptr);
    EXPECT_EQ(status, 0);
    resource_ = g_resource_load(target.c_str(), nullptr);
    g_resources_register(resource_);
  }

  ~StaticFilesTest() override {
    g_resources_unregister(resource_);
    g_resource_unref(resource_);
  }

  HttpResponse get(const std::string& path, const std::string& if_none_match = "") const {
    HttpRequest request;
    if (!if_none_match.empty()) request.headers["if-none-match"] = if_none_match;
    return files_.serve(request, path);
  }

  const test::TemporaryFolder folder_;
  GResource* resource_ = nullptr;
  const StaticFiles files_{"/test/web"};
};

TEST_F(StaticFilesTest, ServesFilesWithTheirType) {
  EXPECT_EQ(get("index.html").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(text_of(get("index.html")), "<p>page</p>");
  EXPECT_EQ(get("webrtc-client.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("assets/app.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(get("assets/LICENSE").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(get("assets/data.bin").content_type, "application/octet-stream");
}

TEST_F(StaticFilesTest, GivesPagesAPolicy) {
  EXPECT_THAT(header_of(get("index.html"), "Content-Security-Policy"),
              StartsWith("default-src 'none'; script-src 'self';"));
  EXPECT_EQ(header_of(get("assets/app.css"), "Content-Security-Policy"), "(none)");
}

TEST_F(StaticFilesTest, LetsOtherPagesImportTheClient) {
  EXPECT_EQ(header_of(get("webrtc-client.js"), "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header_of(get("webrtc-client/peer.js"), "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(header_of(get("index.html"), "Access-Control-Allow-Origin"), "(none)");
}

TEST_F(StaticFilesTest, AnswersKnownVersionsWithoutABody) {
  const std::string tag = header_of(get("index.html"), "ETag");
  ASSERT_THAT(tag, StartsWith("\""));
  for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const HttpResponse response = get("index.html", known);
    EXPECT_EQ(response.status, 304) << known;
    EXPECT_FALSE(response.body);
    EXPECT_EQ(header_of(response, "ETag"), tag);
    EXPECT_EQ(header_of(response, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(get("index.html", "\"other\"").status, 200);
  EXPECT_NE(header_of(get("webrtc-client.js"), "ETag"), tag);
}

TEST_F(StaticFilesTest, HasNothingElse) {
  for (const char* path : {"", "missing.js", "assets", "assets/", "../index.html",
                           "assets/../index.html", "/index.html"}) {
    EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_FALSE(files_.contains(path)) << path;
  }
  EXPECT_TRUE(files_.contains("index.html"));
}

}  // namespace
}  // namespace webrtcserver
