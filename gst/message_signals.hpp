// SPDX-License-Identifier: LGPL-2.1-or-later
// message_signals.hpp — what both elements do with messages: the signals `data-channel-message`
// and `send-message`.
#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>

#include "server/stream.hpp"

namespace webrtcserver {

// (session, JSON text): a browser says this. Returns the signal's number.
guint install_message_signal(GType type);

// An action (session or null for all, JSON text) → gboolean, done by `handler`.
using SendMessageHandler = gboolean (*)(GstElement* element, const gchar* session,
                                        const gchar* json);
void install_send_message(GType type, SendMessageHandler handler);

// To one session or, with null, to all. Never waits for a browser. False, with a warning in the
// log, for what cannot be sent: no JSON, too much of it, no such session, a stream that is not
// running.
bool send_message(GstElement* element, const std::shared_ptr<Stream>& stream, const gchar* session,
                  const gchar* json);

}  // namespace webrtcserver
