// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/tegra.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace webrtcserver {

namespace {

// JetPack 6 and later; JetPack 5 and earlier.
constexpr const char* kNodes[] = {"/dev/v4l2-nvenc", "/dev/nvhost-msenc"};

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

// /dev/null, under whatever name.
bool is_null_device(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISCHR(status.st_mode) &&
         status.st_rdev == makedev(1, 3);
}

}  // namespace

std::string why_no_tegra_encoder() {
  return why_no_tegra_encoder("");
}

std::string why_no_tegra_encoder(const std::string& root) {
  if (!exists(root + "/etc/nv_tegra_release") && !exists(root + "/dev/nvmap")) return "";
  for (const char* node : kNodes) {
    if (exists(root + node) && !is_null_device(root + node)) return "";
  }
  return "this Jetson has no video encoder (neither /dev/v4l2-nvenc nor /dev/nvhost-msenc is one)";
}

}  // namespace webrtcserver
