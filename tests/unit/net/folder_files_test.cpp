// SPDX-License-Identifier: LGPL-2.1-or-later
// Paths that no client of HTTP would send as they are; the rest is
// tests/element/route_folders_test.
#include "net/folder_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/error.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

class FolderFilesTest : public ::testing::Test {
 protected:
  FolderFilesTest() {
    std::filesystem::create_directories(folder_.path("root/sub"));
    std::ofstream(folder_.path("outside")) << "outside";
    std::ofstream(folder_.path("root/inside")) << "inside";
    std::ofstream(folder_.path("root/sub/file")) << "file";
  }

  const test::TemporaryFolder folder_;
};

TEST_F(FolderFilesTest, LetNobodyOut) {
  const FolderFiles files(folder_.path("root"));
  EXPECT_EQ(files.serve({}, "inside").status, 200);
  EXPECT_EQ(files.serve({}, "sub/file").status, 200);
  for (const char* path : {"../outside", "sub/../../outside", "sub/../inside", "./inside", ".",
                           "..", "/inside", "/", "//", "sub//file", "inside/", "sub/file/x", ""})
    EXPECT_EQ(files.serve({}, path).status, 404) << path;
  EXPECT_EQ(files.serve({}, folder_.path("outside")).status, 404);
}

TEST_F(FolderFilesTest, EndWithOneSlashAtMost) {
  std::ofstream(folder_.path("root/sub/index.html")) << "index";
  const FolderFiles files(folder_.path("root"));
  EXPECT_EQ(files.serve({}, "sub/").status, 200);
  EXPECT_EQ(files.serve({}, "sub//").status, 404);
  // Deeper than a stack that had something of each would be.
  EXPECT_EQ(files.serve({}, "sub" + std::string(1'000'000, '/')).status, 404);
  EXPECT_EQ(files.serve({}, std::string(1'000'000, '/')).status, 404);
}

TEST_F(FolderFilesTest, FollowTheLinkThatTheyWereGiven) {
  std::filesystem::create_directory_symlink(folder_.path("root"), folder_.path("link"));
  EXPECT_EQ(FolderFiles(folder_.path("link")).serve({}, "inside").status, 200);
  EXPECT_THROW(FolderFiles(folder_.path("nowhere")), Error);
}

TEST_F(FolderFilesTest, BoundWhatWaitsInMemory) {
  std::ofstream(folder_.path("root/large")) << "x";
  std::filesystem::resize_file(folder_.path("root/large"), FolderFiles::kMaxWhole);
  const FolderFiles files(folder_.path("root"));
  std::vector<HttpResponse> waiting;
  for (std::size_t i = 0; i < FolderFiles::kMaxWaiting / FolderFiles::kMaxWhole; ++i) {
    waiting.push_back(files.serve({}, "large"));
    EXPECT_EQ(waiting.back().status, 200);
  }
  EXPECT_EQ(files.serve({}, "large").status, 503);
  waiting.pop_back();
  EXPECT_EQ(files.serve({}, "large").status, 200);
}

}  // namespace
}  // namespace webrtcserver
