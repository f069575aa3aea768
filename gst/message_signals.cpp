// SPDX-License-Identifier: LGPL-2.1-or-later
#include "message_signals.hpp"

#include "base/error.hpp"
#include "rtc/data_channel.hpp"
#include "signalling/control_messages.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

guint install_message_signal(GType type) {
  return g_signal_new("data-channel-message", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

void install_send_message(GType type, SendMessageHandler handler) {
  constexpr auto kAction = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  g_signal_new_class_handler("send-message", type, kAction, G_CALLBACK(handler), nullptr, nullptr,
                             nullptr, G_TYPE_BOOLEAN, 2, G_TYPE_STRING, G_TYPE_STRING);
}

bool send_message(GstElement* element, const std::shared_ptr<Stream>& stream, const gchar* session,
                  const gchar* json) {
  try {
    auto message = write_message(json ? json : "");
    if (message.size() > DataChannel::kMaxSent) {
      throw Error(ErrorCode::kLimit, "It has " + std::to_string(message.size()) +
                                         " bytes; browsers take " +
                                         std::to_string(DataChannel::kMaxSent) + ".");
    }
    if (!stream) throw Error(ErrorCode::kClosed, "The stream is not running.");
    if (!session) {
      stream->loop().post([stream, message = std::move(message)] { stream->send({}, message); });
      return true;
    }
    if (stream->loop().call([&] { return stream->send(session, message); })) return true;
    throw Error(ErrorCode::kFailed, std::string("There is no session \"") + session + "\".");
  } catch (const Error& error) {
    GST_WARNING_OBJECT(element, "A message was not sent. %s", error.what());
  }
  return false;
}

}  // namespace webrtcserver
