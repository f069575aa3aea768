// SPDX-License-Identifier: LGPL-2.1-or-later
// folder_files.hpp — a folder on disk, served as it is. serve() waits for the disk: any thread but
// the server's.
//
// Nothing outside of the folder is served, by ".." or by a symbolic link below it (the folder
// itself may be one), no file or folder whose name begins with a dot, nothing but regular files,
// and no list of what there is.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.hpp"

namespace webrtcserver {

class FolderFiles {
 public:
  // What is sent waits in memory for its client: a larger file comes in parts, as players of video
  // ask for it (Range); without that it is refused.
  static constexpr std::size_t kMaxWhole = 32 * 1024 * 1024;
  static constexpr std::size_t kMaxPart = 4 * 1024 * 1024;
  // For all clients; more are told to come again.
  static constexpr std::size_t kMaxWaiting = 64 * 1024 * 1024;

  // Throws Error(kFailed) for what is not a folder that can be read.
  explicit FolderFiles(std::string folder);

  // The file at `path` below the folder, decoded: "app/main.js"; "" and "app/" stand for the
  // index.html there. 200, 206, 301 for a folder without its slash, 304, 403, 404, 416, 503.
  HttpResponse serve(const HttpRequest& request, std::string_view path) const;

 private:
  const std::string folder_;
  // Shared with what is being sent.
  const std::shared_ptr<std::atomic<std::size_t>> waiting_ =
      std::make_shared<std::atomic<std::size_t>>(0);
};

// To the same path with a slash at its end, so that relative links of an index.html lead into its
// folder. The query, which may have a token, goes along.
HttpResponse to_folder(const HttpRequest& request);

}  // namespace webrtcserver
