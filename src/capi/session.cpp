// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/session.h>

#include <array>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/ref.hpp"
#include "capi/session_private.hpp"
#include "server/option_properties.hpp"
#include "signalling/control_messages.hpp"

/**
 * GstWebRTCServerSession:
 *
 * One browser, or other client, on one stream.
 *
 * [signal@Server::session-added] gives it, and [method@Stream.get_sessions]. It stays valid for as
 * long as somebody has a reference to it, also when the session has ended: then it is closed, and
 * says what was known last. Its methods may be called from any thread, and wait for nobody but
 * where they say so. Its signals come where handlers of the server's routes run, one after another.
 *
 * ```python
 * def added(server, session):
 *     print(session.props.id, session.props.role, session.props.peer_address)
 *     session.connect("closed", lambda session, reason: print(session.props.id, reason))
 *
 * server.connect("session-added", added)
 * ```
 *
 * Since: 0.1
 */

using webrtcserver::guard;
using webrtcserver::SessionFacts;
using webrtcserver::SessionInsides;

namespace {

enum Property : guint {
  kId = 1,
  kRole,
  kStream,
  kPeerAddress,
  kUserAgent,
  kConnected,
  kConnectedSince,
  kVideoCodec,
  kAudioCodec,
  kMayControl,
  kClosed,
  kCloseReason,
};

enum Signal { kSignalMessage, kSignalClosed, kSignals };
std::array<guint, kSignals> signals{};

}  // namespace

struct _GstWebRTCServerSession {
  GObject parent;
  SessionInsides insides;
};

G_DEFINE_TYPE(GstWebRTCServerSession, gst_webrtc_server_session, G_TYPE_OBJECT)

static void gst_webrtc_server_session_get_property(GObject* object, guint id, GValue* value,
                                                   GParamSpec* spec) {
  auto* self = GST_WEBRTC_SERVER_SESSION(object);
  const SessionInsides& known = self->insides;
  guard("getting a property", [&] {
    const SessionFacts facts = webrtcserver::facts_of(self);
    switch (id) {
      case kId:
        return g_value_set_string(value, known.id.c_str());
      case kRole:
        return g_value_set_string(value, known.role.c_str());
      case kStream:
        return g_value_set_object(value, known.stream.get());
      case kPeerAddress:
        return webrtcserver::give_text(value, known.peer_address);
      case kUserAgent:
        return webrtcserver::give_text(value, known.user_agent);
      case kConnected:
        return g_value_set_boolean(value, facts.connected_at != 0 && !facts.closed);
      case kConnectedSince:
        return g_value_take_boxed(value, webrtcserver::date_of(facts.connected_at));
      case kVideoCodec:
        return webrtcserver::give_text(value, facts.video_codec);
      case kAudioCodec:
        return webrtcserver::give_text(value, facts.audio_codec);
      case kMayControl:
        return g_value_set_boolean(value, facts.may_control);
      case kClosed:
        return g_value_set_boolean(value, facts.closed);
      case kCloseReason:
        return webrtcserver::give_text(value, facts.close_reason);
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
  });
}

static void gst_webrtc_server_session_finalize(GObject* object) {
  std::destroy_at(&GST_WEBRTC_SERVER_SESSION(object)->insides);
  G_OBJECT_CLASS(gst_webrtc_server_session_parent_class)->finalize(object);
}

static void gst_webrtc_server_session_class_init(GstWebRTCServerSessionClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->get_property = gst_webrtc_server_session_get_property;
  object->finalize = gst_webrtc_server_session_finalize;
  const auto install = [object](guint id, GParamSpec* spec) {
    g_object_class_install_property(object, id, spec);
  };
  const auto install_text = [&](guint id, const char* name, const char* nick, const char* blurb) {
    install(id, g_param_spec_string(name, nick, blurb, nullptr, webrtcserver::kReadableProperty));
  };
  const auto install_flag = [&](guint id, const char* name, const char* nick, const char* blurb) {
    install(id, g_param_spec_boolean(name, nick, blurb, FALSE, webrtcserver::kReadableProperty));
  };
  install_text(kId, "id", "Id",
               "Its name, unique in the process: as signals of the elements have it");
  install_text(kRole, "role", "Role", "What the client does: \"view\" or \"publish\"");
  install(kStream,
          g_param_spec_object("stream", "Stream", "What it views or publishes to",
                              GST_TYPE_WEBRTC_SERVER_STREAM, webrtcserver::kReadableProperty));
  install_text(kPeerAddress, "peer-address", "Peer address",
               "Where its signalling comes from, numeric and without port; that of the proxy where "
               "there is one; NULL: not known");
  install_text(kUserAgent, "user-agent", "User agent",
               "What the client calls itself, at most 256 bytes; NULL where it does not");
  install_flag(kConnected, "connected", "Connected", "Whether media may flow");
  install(kConnectedSince, g_param_spec_boxed("connected-since", "Connected since",
                                              "When it was connected, in UTC; NULL: not yet",
                                              G_TYPE_DATE_TIME, webrtcserver::kReadableProperty));
  install_text(kVideoCodec, "video-codec", "Video codec",
               "The codec of its pictures by the name that SDP has for it, such as \"H264\"; NULL: "
               "none, or not negotiated yet");
  install_text(kAudioCodec, "audio-codec", "Audio codec",
               "The codec of its sound, such as \"OPUS\"; NULL: none, or not negotiated yet");
  install_flag(kMayControl, "may-control", "May control",
               "Whether its requests of remote control are heeded");
  install_flag(kClosed, "closed", "Closed", "Whether it has ended");
  install_text(kCloseReason, "close-reason", "Close reason",
               "Why it has ended, in a word of the protocol: \"left\", \"ended\", \"kicked\", "
               "\"expired\", …; NULL until then");
  /**
   * GstWebRTCServerSession::message:
   * @self: the session
   * @json: what the client says: JSON, and not necessarily an object
   *
   * The client has sent a message to the application. At most 1,024 messages of all sessions wait
   * for an application that takes its time; what comes then is dropped.
   *
   * Since: 0.1
   */
  signals[kSignalMessage] = g_signal_new("message", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
                                         nullptr, nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstWebRTCServerSession::closed:
   * @self: the session
   * @reason: why, in a word of the protocol: [property@Session:close-reason]
   *
   * The last signal, whoever ended it.
   *
   * Since: 0.1
   */
  signals[kSignalClosed] = g_signal_new("closed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
                                        nullptr, nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void gst_webrtc_server_session_init(GstWebRTCServerSession* self) {
  new (&self->insides) SessionInsides();
}

namespace webrtcserver {

SessionInsides& insides_of(GstWebRTCServerSession* object) {
  return object->insides;
}

SessionFacts facts_of(GstWebRTCServerSession* object) {
  const std::scoped_lock lock(object->insides.mutex);
  return object->insides.facts;
}

GDateTime* date_of(gint64 microseconds) {
  if (microseconds == 0) return nullptr;
  GDateTime* const second = g_date_time_new_from_unix_utc(microseconds / G_USEC_PER_SEC);
  GDateTime* const date = g_date_time_add(second, microseconds % G_USEC_PER_SEC);
  g_date_time_unref(second);
  return date;
}

GstWebRTCServerSession* new_session(const std::shared_ptr<Session>& session,
                                    GstWebRTCServerStream* stream) {
  auto* object = GST_WEBRTC_SERVER_SESSION(g_object_new(GST_TYPE_WEBRTC_SERVER_SESSION, nullptr));
  SessionInsides& known = object->insides;
  known.id = session->name();
  known.role = session->role();
  known.peer_address = session->client().address;
  known.user_agent = session->client().agent;
  known.session = session;
  known.stream = Ref<GstWebRTCServerStream>::retain(stream);
  update_session(object, *session);
  known.told = known.facts;
  return object;
}

void update_session(GstWebRTCServerSession* object, const Session& session) {
  SessionInsides& known = object->insides;
  const std::scoped_lock lock(known.mutex);
  SessionFacts& facts = known.facts;
  if (facts.connected_at == 0 && session.connected_at() != 0) {
    facts.connected_at = session.connected_at();
    known.meter.start(RateMeter::Clock::now());
  }
  for (const Codec* codec : session.codecs()) {
    if (codec)
      (codec->kind == MediaKind::kVideo ? facts.video_codec : facts.audio_codec) = codec->name;
  }
  facts.may_control = session.may_control();
}

void close_session(GstWebRTCServerSession* object, const Session& session,
                   const std::string& reason) {
  SessionInsides& known = object->insides;
  const std::scoped_lock lock(known.mutex);
  known.facts.traffic = session.traffic();
  known.facts.may_control = false;
  known.facts.closed = true;
  known.facts.close_reason = reason;
}

void tell_session_changed(GstWebRTCServerSession* object) {
  const SessionFacts now = facts_of(object);
  const SessionFacts before = std::exchange(object->insides.told, now);
  GObject* const told = G_OBJECT(object);
  if (now.video_codec != before.video_codec) g_object_notify(told, "video-codec");
  if (now.audio_codec != before.audio_codec) g_object_notify(told, "audio-codec");
  if (now.connected_at != before.connected_at) g_object_notify(told, "connected-since");
  const auto connected = [](const SessionFacts& facts) {
    return facts.connected_at != 0 && !facts.closed;
  };
  if (connected(now) != connected(before)) g_object_notify(told, "connected");
  if (now.may_control != before.may_control) g_object_notify(told, "may-control");
  if (now.closed == before.closed) return;
  g_object_notify(told, "close-reason");
  g_object_notify(told, "closed");
}

void tell_session_message(GstWebRTCServerSession* object, const std::string& json) {
  g_signal_emit(object, signals[kSignalMessage], 0, json.c_str());
}

void tell_session_closed(GstWebRTCServerSession* object) {
  tell_session_changed(object);
  g_signal_emit(object, signals[kSignalClosed], 0, facts_of(object).close_reason.c_str());
}

std::string message_of_application(const gchar* json) {
  auto message = write_message(json);
  if (message.size() > DataChannel::kMaxSent) {
    throw Error(ErrorCode::kLimit, "The message has " + std::to_string(message.size()) +
                                       " bytes; browsers take " +
                                       std::to_string(DataChannel::kMaxSent) + ".");
  }
  return message;
}

}  // namespace webrtcserver
