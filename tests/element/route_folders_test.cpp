// SPDX-License-Identifier: LGPL-2.1-or-later
// A folder that an application has served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "api_server.hpp"
#include "support/http_client.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver::test {
namespace {

using ::testing::HasSubstr;

class RouteFolders : public ::testing::Test {
 protected:
  RouteFolders() {
    std::filesystem::create_directories(root_ + "/sub");
    write("index.html", "<p>top</p>");
    write("sub/index.html", "<p>below</p>");
    write("a b.txt", "0123456789");
    write("empty.bin", "");
    write(".secret", "hidden");
    folder_.write("outside.txt", "not to be seen");
    EXPECT_EQ(server_.add_folder("/files", root_), "");
    EXPECT_EQ(server_.start(), "");
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ + "/" + name) << text;
  }
  HttpAnswer get(const std::string& path, const HttpHeaders& headers = {}) const {
    return http_get(server_.url(path), headers);
  }

  const TemporaryFolder folder_;
  const std::string root_ = folder_.path("root");
  const ApiServer server_;
};

TEST_F(RouteFolders, ServeTheirFiles) {
  const auto file = get("/files/a%20b.txt");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body, "0123456789");
  EXPECT_EQ(file.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(file.header("accept-ranges"), "bytes");
  const std::string tag = file.header("etag");
  EXPECT_EQ(get("/files/a%20b.txt", {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(get("/files/a%20b.txt", {{"If-None-Match", "\"other\""}}).status, 200);
  const auto head = http("HEAD", server_.url("/files/a%20b.txt"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "10");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(get("/files/empty.bin").status, 200);
  EXPECT_EQ(get("/files/empty.bin").body, "");
  EXPECT_EQ(http("POST", server_.url("/files/a%20b.txt"), {}, "x").status, 405);
  EXPECT_EQ(get("/files/missing").status, 404);
}

TEST_F(RouteFolders, HaveIndexesAndNoLists) {
  EXPECT_EQ(get("/files/").body, "<p>top</p>");
  EXPECT_EQ(get("/files/sub/").body, "<p>below</p>");
  EXPECT_EQ(get("/files?token=a%26b").status, 301);
  EXPECT_EQ(get("/files?token=a%26b").header("location"), "./files/?token=a%26b");
  EXPECT_EQ(get("/files/sub").header("location"), "./sub/");
  ASSERT_EQ(unlink((root_ + "/sub/index.html").c_str()), 0);
  EXPECT_EQ(get("/files/sub/").status, 404);
}

TEST_F(RouteFolders, ServeParts) {
  const auto part = [&](const char* range) { return get("/files/a%20b.txt", {{"Range", range}}); };
  EXPECT_EQ(part("bytes=2-4").status, 206);
  EXPECT_EQ(part("bytes=2-4").body, "234");
  EXPECT_EQ(part("bytes=2-4").header("content-range"), "bytes 2-4/10");
  EXPECT_EQ(part("bytes=7-").body, "789");
  EXPECT_EQ(part("bytes=-2").body, "89");
  EXPECT_EQ(part("bytes=5-100").body, "56789");
  EXPECT_EQ(part("bytes=10-").status, 416);
  EXPECT_EQ(part("bytes=10-").header("content-range"), "bytes */10");
  for (const char* ignored : {"bytes=1-2,4-5", "lines=1-2", "bytes=4-2", "bytes=a-b",
                              "bytes=", "bytes=99999999999999999999-"})
    EXPECT_EQ(part(ignored).status, 200) << ignored;
  const std::string tag = get("/files/a%20b.txt").header("etag");
  EXPECT_EQ(get("/files/a%20b.txt", {{"Range", "bytes=2-4"}, {"If-Range", tag}}).body, "234");
  EXPECT_EQ(get("/files/a%20b.txt", {{"Range", "bytes=2-4"}, {"If-Range", "\"old\""}}).body,
            "0123456789");
}

TEST_F(RouteFolders, LetNobodyOut) {
  const std::string target = folder_.path("outside.txt");
  ASSERT_EQ(symlink(target.c_str(), (root_ + "/link.txt").c_str()), 0);
  ASSERT_EQ(symlink(folder_.path("").c_str(), (root_ + "/out").c_str()), 0);
  ASSERT_EQ(symlink("a b.txt", (root_ + "/inside.txt").c_str()), 0);
  ASSERT_EQ(mkfifo((root_ + "/pipe").c_str(), 0600), 0);
  write("sub/..secret", "x");
  for (const char* path :
       {"/files/link.txt", "/files/out/outside.txt", "/files/inside.txt", "/files/pipe",
        "/files/.secret", "/files/sub/..secret", "/files/..%2foutside.txt",
        "/files/%2e%2e/outside.txt", "/files/%2e%2e%2foutside.txt",
        "/files/sub/..%2f..%2foutside.txt", "/files/%2e%2e/x", "/files/sub%2findex.html",
        "/files//index.html", "/files/sub//", "/files/%00", "/files/a%20b.txt/",
        "/files/a%20b.txt/x", "/files/%ff"}) {
    const auto answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("seen"))) << path;
  }
}

TEST_F(RouteFolders, SendLargeFilesInPartsAlone) {
  write("large.mp4", "begin");
  ASSERT_EQ(truncate((root_ + "/large.mp4").c_str(), 40L * 1024 * 1024), 0);
  EXPECT_EQ(get("/files/large.mp4").status, 403);
  EXPECT_EQ(http("HEAD", server_.url("/files/large.mp4")).header("content-length"), "41943040");
  const auto part = get("/files/large.mp4", {{"Range", "bytes=0-"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.header("content-type"), "video/mp4");
  EXPECT_EQ(part.header("content-range"), "bytes 0-4194303/41943040");
  EXPECT_EQ(part.body.size(), 4U * 1024 * 1024);
  EXPECT_EQ(part.body.substr(0, 5), "begin");
}

TEST_F(RouteFolders, AreRefusedWhereTheyCannotBe) {
  EXPECT_THAT(server_.add_folder("/more", root_ + "/missing"), HasSubstr("missing"));
  EXPECT_THAT(server_.add_folder("/more", root_ + "/a b.txt"), HasSubstr("cannot be served"));
  EXPECT_THAT(server_.add_folder("/", root_), HasSubstr("/files"));
  EXPECT_THAT(server_.add_folder("/more/", root_), HasSubstr("slash at its end"));
  EXPECT_THAT(server_.add_folder("/more/{x}", root_), HasSubstr("captures"));
  EXPECT_THAT(server_.add_folder("/files", root_), HasSubstr("already"));
  EXPECT_THAT(server_.add_folder("/assets", root_), HasSubstr("own"));
  server_.remove("/files");
  EXPECT_EQ(get("/files/").status, 404);
  EXPECT_EQ(get("/files/sub/").status, 404);
  EXPECT_EQ(server_.add_folder("/files", root_), "");
  EXPECT_EQ(get("/files/sub/").body, "<p>below</p>");
}

}  // namespace
}  // namespace webrtcserver::test
