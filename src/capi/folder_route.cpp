// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/folder_route.hpp"

namespace webrtcserver {

bool FolderRoute::take(const std::shared_ptr<CustomRequest>& request) {
  if (waiting_ >= kMaxWaiting) return false;
  ++waiting_;
  queue_->post([self = shared_from_this(), request] {
    --self->waiting_;
    request->respond(self->answer(request->http()));
  });
  return true;
}

HttpResponse FolderRoute::answer(const HttpRequest& request) const {
  const auto path = request.captures.find("path");
  if (path != request.captures.end()) return files_.serve(request, path->second);
  // Without its slash; relative links of its index.html would lead past it.
  if (request.path == path_) return to_folder(request);
  return files_.serve(request, "");
}

}  // namespace webrtcserver
