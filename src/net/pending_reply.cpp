// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/pending_reply.hpp"

#include <libsoup/soup.h>

#include <utility>

#include "net/soup_message.hpp"

namespace webrtcserver {

PendingReply::PendingReply(SoupServerMessage* message, std::weak_ptr<const void> listener,
                           HttpHeaders headers)
    : message_(Ref<SoupServerMessage>::retain(message)),
      listener_(std::move(listener)),
      headers_(std::move(headers)),
      finished_(g_signal_connect(
          message, "finished",
          G_CALLBACK(+[](SoupServerMessage*, PendingReply* self) { self->gone_ = true; }), this)) {}

PendingReply::~PendingReply() {
  g_signal_handler_disconnect(message_.get(), finished_);
}

void PendingReply::send(HttpResponse response) {
  answered_ = true;
  if (gone_ || listener_.expired() || !connection_of(message_.get())) return;
  respond(message_.get(), response.with(headers_));
  if (waits_) soup_server_message_unpause(message_.get());
}

void PendingReply::wait() {
  if (answered_ || gone_) return;
  waits_ = true;
  soup_server_message_pause(message_.get());
}

}  // namespace webrtcserver
