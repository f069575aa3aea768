// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/custom_request.hpp"

#include <utility>

namespace webrtcserver {

struct CustomRequest::Pending {
  void send(const HttpResponse& response) {
    timer.cancel();
    HttpReply once = std::move(reply);
    if (once) once.send(response);
  }

  HttpReply reply;
  Timer timer;
};

CustomRequest::CustomRequest(LoopThread& loop, HttpRequest request, Grant grant, HttpReply reply,
                             std::chrono::milliseconds limit)
    : loop_(loop),
      http_(std::move(request)),
      grant_(std::move(grant)),
      pending_(std::make_shared<Pending>()) {
  pending_->reply = std::move(reply);
  pending_->timer = loop.after(limit, [pending = std::weak_ptr<Pending>(pending_)] {
    if (const auto self = pending.lock())
      self->send(HttpResponse::problem(504, "The application did not answer in time."));
  });
}

CustomRequest::~CustomRequest() {
  loop_.post([pending = std::move(pending_)] {
    pending->send(HttpResponse::problem(500, "The application did not answer."));
  });
}

bool CustomRequest::respond(HttpResponse response) {
  if (answered_.exchange(true)) return false;
  loop_.post([pending = pending_, response = std::move(response)] { pending->send(response); });
  return true;
}

}  // namespace webrtcserver
