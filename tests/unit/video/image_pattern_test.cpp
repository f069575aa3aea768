// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/image_pattern.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temporary_files.hpp"

namespace webrtcserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ImagePattern : public testing::Test {
 protected:
  ImagePattern() {
    for (const char* name : {"img_1.jpg", "img_2.jpg", "img_10.jpg", "img_x.jpg", "notes.txt"})
      folder_.write(name, "");
  }

  std::vector<std::string> found(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& path : find_images(folder_.path(name)))
      names.push_back(path.substr(path.rfind('/') + 1));
    return names;
  }
  std::string error_of(const std::string& name) {
    try {
      find_images(folder_.path(name));
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  test::TemporaryFolder folder_;
};

TEST_F(ImagePattern, CountsAsPeopleDo) {
  EXPECT_THAT(found("img_%d.jpg"), ElementsAre("img_1.jpg", "img_2.jpg", "img_10.jpg"));
  EXPECT_THAT(found("img_?.jpg"), ElementsAre("img_1.jpg", "img_2.jpg", "img_x.jpg"));
  EXPECT_THAT(found(""), ElementsAre("img_1.jpg", "img_2.jpg", "img_10.jpg", "img_x.jpg"));
  EXPECT_THAT(found("img_2.jpg"), ElementsAre("img_2.jpg"));
}

TEST_F(ImagePattern, TakesTheWidthOfANumberLiterally) {
  folder_.write("shot_0007.png", "");
  folder_.write("shot_08.png", "");
  folder_.write("shot_12345.png", "");
  EXPECT_THAT(found("shot_%04d.png"), ElementsAre("shot_0007.png", "shot_12345.png"));
}

TEST_F(ImagePattern, SaysWhyThereIsNone) {
  EXPECT_THAT(error_of("photo_%d.jpg"), HasSubstr("No image"));
  EXPECT_THAT(error_of("*.png"), HasSubstr("No image"));
  EXPECT_THAT(error_of("photo.jpg"), HasSubstr("There is no file"));
  EXPECT_THAT(error_of("nowhere/img_%d.jpg"), HasSubstr("cannot be read"));
  folder_.write("other.png", "");
  EXPECT_THAT(error_of(""), HasSubstr("of several types"));
}

TEST_F(ImagePattern, NumbersPaths) {
  EXPECT_EQ(numbered_path("img_%04d.jpg", 7), "img_0007.jpg");
  EXPECT_EQ(numbered_path("img_%d.jpg", 12345), "img_12345.jpg");
  EXPECT_EQ(numbered_path("img.jpg", 7), "img.jpg");
  EXPECT_EQ(count_conversions("img_%04d_%d_%%_%s.jpg"), 2);
}

TEST_F(ImagePattern, UnescapesPaths) {
  EXPECT_EQ(unescape_path("/a%20b/img_%04d.jpg"), "/a b/img_%04d.jpg");
  EXPECT_EQ(unescape_path("/100%25.mp4"), "/100%.mp4");
  EXPECT_EQ(unescape_path("/100%"), "/100%");
}

}  // namespace
}  // namespace webrtcserver
