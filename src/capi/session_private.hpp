// SPDX-License-Identifier: LGPL-2.1-or-later
// session_private.hpp — how the SessionBook makes a Session's object and what it has it say.
#pragma once

#include <gst/webrtcserver/session.h>
#include <gst/webrtcserver/stream.h>

#include <memory>
#include <mutex>
#include <string>

#include "base/ref.hpp"
#include "capi/rate_meter.hpp"
#include "server/session.hpp"

namespace webrtcserver {

// What changes while it lasts.
struct SessionFacts {
  gint64 connected_at = 0;  // microseconds since 1970; 0: not yet
  std::string video_codec;
  std::string audio_codec;
  bool may_control = false;
  bool closed = false;
  std::string close_reason;
  Session::Traffic traffic;  // of one that is closed
};

struct SessionInsides {
  std::string id;
  std::string role;
  std::string peer_address;
  std::string user_agent;
  std::weak_ptr<Session> session;
  Ref<GstWebRTCServerStream> stream;

  mutable std::mutex mutex;
  SessionFacts facts;  // guarded by mutex
  RateMeter meter;     // guarded by mutex
  SessionFacts told;   // in the application's calls
};

SessionInsides& insides_of(GstWebRTCServerSession* object);
SessionFacts facts_of(GstWebRTCServerSession* object);
// (transfer full) In UTC; null for 0.
GDateTime* date_of(gint64 microseconds);

// (transfer full) Server thread. `stream` may be null.
GstWebRTCServerSession* new_session(const std::shared_ptr<Session>& session,
                                    GstWebRTCServerStream* stream);
// Takes what is known of it now. Server thread.
void update_session(GstWebRTCServerSession* object, const Session& session);
// It is over, for this object at least. Server thread.
void close_session(GstWebRTCServerSession* object, const Session& session,
                   const std::string& reason);

// In the application's calls.
void tell_session_changed(GstWebRTCServerSession* object);
void tell_session_message(GstWebRTCServerSession* object, const std::string& json);
void tell_session_closed(GstWebRTCServerSession* object);

// What send_message() of sessions and streams takes, as it goes to browsers. Throws Error.
std::string message_of_application(const gchar* json);

}  // namespace webrtcserver
