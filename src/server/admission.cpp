// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/admission.hpp"

#include <utility>

namespace webrtcserver {

namespace {

HttpResponse later(const char* why) {
  return HttpResponse::problem(503, why).with("Retry-After", "2");
}

}  // namespace

struct Admission::Pending {
  void send(const GateAnswer& answer) {
    over = true;
    timer.cancel();
    if (const auto once = std::exchange(done, {})) once(answer);
  }

  Done done;
  Timer timer;
  std::atomic<bool> over{false};
};

Admission::Admission(LoopThread& loop, Question question, Done done,
                     std::chrono::milliseconds limit)
    : loop_(loop), question_(std::move(question)), pending_(std::make_shared<Pending>()) {
  pending_->done = std::move(done);
  pending_->timer = loop.after(limit, [pending = std::weak_ptr<Pending>(pending_)] {
    if (const auto self = pending.lock()) {
      self->send(later("Whoever decides did not answer in time."));
    }
  });
}

Admission::~Admission() {
  loop_.post(
      [pending = std::move(pending_), refusal = question_.refusal] { pending->send(refusal); });
}

bool Admission::waits() const {
  return !answered_ && !pending_->over;
}

bool Admission::answer(GateAnswer answer) {
  if (answered_.exchange(true)) return false;
  loop_.post([pending = pending_, answer = std::move(answer)] { pending->send(answer); });
  return true;
}

bool Admission::allow(Grant grant) {
  grant.token = question_.token;
  grant.lasting = true;
  return answer(std::move(grant));
}

void Admission::put_off() {
  answer(later("The application does not keep up."));
}

bool Admission::refuse(const std::string& message) {
  if (message.empty()) return answer(question_.refusal);
  HttpResponse response = question_.refusal;
  response.body = HttpResponse::problem(response.status, message).body;
  return answer(std::move(response));
}

}  // namespace webrtcserver
