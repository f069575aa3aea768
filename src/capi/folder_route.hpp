// SPDX-License-Identifier: LGPL-2.1-or-later
// folder_route.hpp — requests for the files of a folder, which are read one after another where the
// disk holds up nobody else. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "base/serial_queue.hpp"
#include "net/folder_files.hpp"
#include "server/custom_request.hpp"

namespace webrtcserver {

class FolderRoute : public std::enable_shared_from_this<FolderRoute> {
 public:
  static constexpr std::size_t kMaxWaiting = 256;  // requests

  // `path`: where it is served. Throws what FolderFiles does.
  FolderRoute(std::string path, const std::string& folder)
      : path_(std::move(path)), files_(folder) {}

  // False where too many wait.
  bool take(const std::shared_ptr<CustomRequest>& request);

 private:
  HttpResponse answer(const HttpRequest& request) const;

  const std::string path_;
  const FolderFiles files_;
  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create(SerialQueue::Pool::kApplication);
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace webrtcserver
