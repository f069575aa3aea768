// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/tegra.hpp"

#include <glib.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace webrtcserver {
namespace {

class Tegra : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/tegra-XXXXXX";
    root_ = g_mkdtemp(name.data());
    std::filesystem::create_directories(root_ + "/etc");
    std::filesystem::create_directories(root_ + "/dev");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void touch(const std::string& path) const { std::ofstream(root_ + path) << "x"; }

  std::string root_;
};

TEST_F(Tegra, WhatIsNoJetsonIsNotAsked) {
  EXPECT_EQ(why_no_tegra_encoder(root_), "");
}

TEST_F(Tegra, AJetsonWithoutTheNodeHasNoEncoder) {
  touch("/etc/nv_tegra_release");
  EXPECT_NE(why_no_tegra_encoder(root_), "");
}

TEST_F(Tegra, TheNodeOfEitherReleaseWillDo) {
  for (const char* node : {"/dev/v4l2-nvenc", "/dev/nvhost-msenc"}) {
    touch("/dev/nvmap");
    touch(node);
    EXPECT_EQ(why_no_tegra_encoder(root_), "") << node;
    std::filesystem::remove(root_ + node);
    EXPECT_NE(why_no_tegra_encoder(root_), "") << node;
  }
}

// As NVIDIA's udev rules make it: it has the numbers of the null device, and the encoder works.
TEST_F(Tegra, TheNodeMayBeTheNullDevice) {
  touch("/etc/nv_tegra_release");
  std::filesystem::create_symlink("/dev/null", root_ + "/dev/v4l2-nvenc");
  EXPECT_EQ(why_no_tegra_encoder(root_), "");
}

}  // namespace
}  // namespace webrtcserver
