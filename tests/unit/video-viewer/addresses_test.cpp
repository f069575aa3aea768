// SPDX-License-Identifier: LGPL-2.1-or-later
#include "addresses.hpp"

#include <glib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

TEST(SchemeOf, APathHasNone) {
  EXPECT_EQ(scheme_of("WebRTCs://@:8554/output"), "webrtcs");
  EXPECT_EQ(scheme_of("/dev/video0"), "");
  EXPECT_EQ(scheme_of("a film: part 1://2.mp4"), "");
}

TEST(FileOf, ReadsPathsAndFileAddresses) {
  EXPECT_EQ(file_of("film.mp4"), "film.mp4");
  EXPECT_EQ(file_of("file:///tmp/a%20film.mp4"), "/tmp/a film.mp4");
  EXPECT_EQ(file_of("rtsp://camera/film.mp4"), "");
}

TEST(PageOf, IsWhatABrowserOpens) {
  EXPECT_EQ(page_of("webrtc://127.0.0.1:8554/output?max-viewers=3"),
            "http://127.0.0.1:8554/output");
  EXPECT_EQ(page_of("webrtcs://robot.local:8554/output"), "https://robot.local:8554/output");
  EXPECT_EQ(page_of("webrtc://[2001:db8::7]:8554/output"), "http://[2001:db8::7]:8554/output");
}

TEST(PageOf, NamesTheMachineWhereItIsEveryInterface) {
  const std::string machine = g_get_host_name();
  for (const char* every : {"@", "0.0.0.0", "[::]"}) {
    EXPECT_EQ(page_of("webrtc://" + std::string(every) + ":8554/output"),
              "http://" + machine + ":8554/output");
  }
}

class CheckFiles : public testing::Test {
 protected:
  CheckFiles() {
    fs::create_directory(folder_);
    for (const char* name : {"film.mp4", "img_0001.jpg", "img_0002.jpg"})
      std::ofstream(folder_ / name) << "x";
  }
  ~CheckFiles() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  // The sentence of the refusal; empty: there is none.
  std::string refusal(const std::string& input, const std::vector<std::string>& outputs) const {
    std::vector<Written> written;
    for (const std::string& output : outputs) written.push_back({"The output", output});
    try {
      check_files(input, written);
      return {};
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("check-files-" + std::to_string(getpid()));
};

TEST_F(CheckFiles, RefusesTheInputByWhateverName) {
  fs::create_symlink(path("film.mp4"), path("link.mp4"));
  fs::create_hard_link(path("film.mp4"), path("hard.mp4"));
  fs::create_directory_symlink(folder_, path("again"));
  for (const std::string& name :
       {path("film.mp4"), path("./film.mp4"), path("link.mp4"), path("hard.mp4"),
        path("again/film.mp4"), "file://" + path("film.mp4")})
    EXPECT_THAT(refusal(path("film.mp4"), {"webrtc://@:8554/output", name}),
                testing::HasSubstr("would overwrite the input"))
        << name;
  // The name that is a link is the file, in the other direction too.
  EXPECT_NE(refusal(path("link.mp4"), {path("film.mp4")}), "");
}

TEST_F(CheckFiles, LetsOtherFilesBeOverwritten) {
  EXPECT_EQ(refusal(path("film.mp4"), {path("img_0001.jpg"), path("new.mp4")}), "");
  EXPECT_EQ(refusal("/dev/video0", {path("film.mp4")}), "");
  EXPECT_EQ(refusal(path("film.mp4"), {path("out_%04d.jpg")}), "");
}

TEST_F(CheckFiles, RefusesTheImagesThatAreRead) {
  for (const std::string& input : {path("img_%04d.jpg"), path("img_*.jpg"), path("")}) {
    EXPECT_NE(refusal(input, {path("img_%04d.jpg")}), "") << input;
    EXPECT_NE(refusal(input, {path("img_%d.jpg")}), "") << input;
    EXPECT_NE(refusal(input, {path("img_0001.jpg")}), "") << input;
    EXPECT_EQ(refusal(input, {path("other/img_%04d.jpg")}), "") << input;
  }
  EXPECT_EQ(refusal(path("img_%04d.jpg"), {path("out_%04d.jpg")}), "");
  EXPECT_NE(refusal(path("img_0001.jpg"), {path("img_%04d.jpg")}), "");
}

TEST_F(CheckFiles, RefusesTwoOutputsIntoOneFile) {
  EXPECT_THAT(refusal("test://", {path("a.mp4"), path("./a.mp4")}),
              testing::HasSubstr("are the same file"));
  EXPECT_EQ(refusal("test://", {path("a.mp4"), path("b.mp4"), "rtp://host:5004"}), "");
}

}  // namespace
