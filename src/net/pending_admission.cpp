// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/pending_admission.hpp"

#include <libsoup/soup.h>

#include <utility>

#include "net/soup_message.hpp"

namespace webrtcserver {

PendingAdmission::PendingAdmission(SoupServerMessage* message, std::weak_ptr<const void> listener)
    : message_(Ref<SoupServerMessage>::retain(message)),
      listener_(std::move(listener)),
      finished_(g_signal_connect(
          message, "finished",
          G_CALLBACK(+[](SoupServerMessage*, PendingAdmission* self) { self->gone_ = true; }),
          this)) {}

PendingAdmission::~PendingAdmission() {
  g_signal_handler_disconnect(message_.get(), finished_);
}

void PendingAdmission::wait() {
  waits_ = true;
  soup_server_message_pause(message_.get());
}

void PendingAdmission::end(const std::function<void(SoupServerMessage*)>& go_on) {
  if (!std::exchange(waits_, false) || gone_ || listener_.expired()) return;
  if (!connection_of(message_.get())) return;
  go_on(message_.get());
  if (!gone_ && !is_stolen(message_.get())) soup_server_message_unpause(message_.get());
}

}  // namespace webrtcserver
