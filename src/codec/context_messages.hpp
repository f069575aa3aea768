// SPDX-License-Identifier: LGPL-2.1-or-later
// context_messages.hpp — what an element of a private pipeline asks and tells on the bus of the
// context (of a GPU, say) that it works in. For the thread that posts the message.
#pragma once

#include <memory>

#include "base/ref.hpp"

namespace webrtcserver {

// `Listener` has find_context() and on_context_made(). Other messages are left alone.
template <typename Listener>
void exchange_context(GstMessage* message, const std::weak_ptr<Listener>& to) {
  const auto listener = to.lock();
  if (!listener) return;
  const char* type = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_NEED_CONTEXT &&
      gst_message_parse_context_type(message, &type)) {
    if (const auto context = listener->find_context(type))
      gst_element_set_context(GST_ELEMENT(GST_MESSAGE_SRC(message)), context.get());
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_HAVE_CONTEXT) {
    GstContext* made = nullptr;
    gst_message_parse_have_context(message, &made);
    listener->on_context_made(Ref<GstContext>::adopt(made));
  }
}

}  // namespace webrtcserver
