// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/control_requests.hpp"

namespace webrtcserver {

using Type = ControlRequest::Type;

bool is_taken_over_http(Type type) {
  return type == Type::kSet || type == Type::kAction || type == Type::kStart || type == Type::kStop;
}

void carry_out(Stream& stream, const ControlRequest& request, const std::string& by,
               const ControlDone& done) {
  ControlHolder& holder = stream.control_holder();
  if (request.type == Type::kAcquire) return done(holder.acquire(by));
  if (request.type == Type::kRelease) {
    holder.release(by);
    return done({});
  }
  if (const auto refusal = holder.refusal(by)) return done(refusal);
  switch (request.type) {
    case Type::kSet:
      return stream.controls()->set(*request.values, by, done);
    case Type::kAction:
      return stream.controls()->activate(request.name, by, done);
    case Type::kStart:
    case Type::kStop:
      return stream.run()->wish(request.type == Type::kStart, done);
    case Type::kNavigation:
      return done(stream.navigate(by, request));
    default:
      return done(ControlFault("unknown-request", "", "Requests of this type change nothing."));
  }
}

}  // namespace webrtcserver
