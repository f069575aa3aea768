// SPDX-License-Identifier: LGPL-2.1-or-later
// file_identity.hpp — tells whether a file is still the one that was read. Any thread.
#pragma once

#include <sys/stat.h>

#include <string>

namespace webrtcserver {

// Another file at the same path, or other contents, have another one. A file monitor would miss
// what happens behind a symbolic link or on a network's file system, and both are where
// certificates and secrets live.
struct FileIdentity {
  dev_t device;
  ino_t inode;
  off_t size;
  timespec changed;

  // All zero where there is no file.
  static FileIdentity of(const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) return {};
    return {found.st_dev, found.st_ino, found.st_size, found.st_mtim};
  }

  bool operator==(const FileIdentity& other) const {
    return device == other.device && inode == other.inode && size == other.size &&
           changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
  }
};

}  // namespace webrtcserver
