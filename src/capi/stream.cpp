// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/stream.h>

#include <array>
#include <new>
#include <utility>

#include "base/guard.hpp"
#include "capi/stream_private.hpp"
#include "server/option_properties.hpp"

/**
 * GstWebRTCServerStream:
 *
 * A named stream of a server: to browsers or from them.
 *
 * It is that of a webrtcsink or webrtcsrc at the server's address, or one that the application has
 * added with [method@Server.add_stream] and feeds itself. [signal@Server::stream-added] and
 * [method@Server.get_streams] give it. It stays valid for as long as somebody has a reference to
 * it, also when the stream has gone: then it is closed. Its methods may be called from any thread,
 * and wait for nobody but where they say so. Its signals come where handlers of the server's routes
 * run, one after another.
 *
 * ```c
 * GstWebRTCServerStream *stream =
 *     gst_webrtc_server_server_add_stream (server, "camera", media, &error);
 * gst_webrtc_server_stream_push_sample (stream, "video", sample, &error);
 * ```
 *
 * Since: 0.1
 */

using webrtcserver::guard;
using webrtcserver::StreamFacts;
using webrtcserver::StreamInsides;

namespace {

enum Property : guint { kName = 1, kDirection, kState, kNSessions, kClosed };

enum Signal { kSignalKeyFrameWanted, kSignalWarning, kSignalClosed, kSignals };
std::array<guint, kSignals> signals{};

}  // namespace

struct _GstWebRTCServerStream {
  GObject parent;
  StreamInsides insides;
};

G_DEFINE_TYPE(GstWebRTCServerStream, gst_webrtc_server_stream, G_TYPE_OBJECT)

static void gst_webrtc_server_stream_get_property(GObject* object, guint id, GValue* value,
                                                  GParamSpec* spec) {
  auto* self = GST_WEBRTC_SERVER_STREAM(object);
  guard("getting a property", [&] {
    const StreamFacts facts = webrtcserver::facts_of(self);
    switch (id) {
      case kName:
        return g_value_set_string(value, self->insides.name.c_str());
      case kDirection:
        return g_value_set_string(value, gst_webrtc_server_stream_get_direction(self));
      case kState:
        return g_value_set_string(value, facts.state.c_str());
      case kNSessions:
        return g_value_set_uint(value, facts.sessions);
      case kClosed:
        return g_value_set_boolean(value, facts.closed);
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
  });
}

static void gst_webrtc_server_stream_finalize(GObject* object) {
  std::destroy_at(&GST_WEBRTC_SERVER_STREAM(object)->insides);
  G_OBJECT_CLASS(gst_webrtc_server_stream_parent_class)->finalize(object);
}

static void gst_webrtc_server_stream_class_init(GstWebRTCServerStreamClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->get_property = gst_webrtc_server_stream_get_property;
  object->finalize = gst_webrtc_server_stream_finalize;
  const auto install = [object](guint id, GParamSpec* spec) {
    g_object_class_install_property(object, id, spec);
  };
  install(kName, g_param_spec_string("name", "Name",
                                     "What stands behind the server's address: "
                                     "\"output\"",
                                     nullptr, webrtcserver::kReadableProperty));
  install(kDirection,
          g_param_spec_string("direction", "Direction",
                              "\"out\": to browsers, \"in\": from them; a name may be there once "
                              "in each",
                              nullptr, webrtcserver::kReadableProperty));
  install(kState, g_param_spec_string("state", "State",
                                      "\"waiting\" for media, \"live\", \"paused\", or \"error\"",
                                      nullptr, webrtcserver::kReadableProperty));
  install(kNSessions,
          g_param_spec_uint("n-sessions", "Sessions", "How many clients view it, or publish to it",
                            0, G_MAXUINT, 0, webrtcserver::kReadableProperty));
  install(kClosed, g_param_spec_boolean("closed", "Closed", "Whether it has gone", FALSE,
                                        webrtcserver::kReadableProperty));
  /**
   * GstWebRTCServerStream::key-frame-wanted:
   * @self: the stream
   * @media: "video"
   *
   * Of a stream that the application feeds with pictures that are encoded already: a viewer has
   * come, or has lost one, and needs a whole picture. It may as well wait for the next that comes.
   *
   * Since: 0.1
   */
  signals[kSignalKeyFrameWanted] =
      g_signal_new("key-frame-wanted", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, nullptr,
                   nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstWebRTCServerStream::warning:
   * @self: the stream
   * @message: what is wrong
   *
   * Of a stream that the application feeds: something that it should see to, such as an encoder
   * that fails.
   *
   * Since: 0.1
   */
  signals[kSignalWarning] = g_signal_new("warning", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
                                         nullptr, nullptr, nullptr, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * GstWebRTCServerStream::closed:
   * @self: the stream
   *
   * The last signal: it has gone, after its sessions.
   *
   * Since: 0.1
   */
  signals[kSignalClosed] = g_signal_new("closed", G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0,
                                        nullptr, nullptr, nullptr, G_TYPE_NONE, 0);
}

static void gst_webrtc_server_stream_init(GstWebRTCServerStream* self) {
  new (&self->insides) StreamInsides();
}

namespace webrtcserver {

StreamInsides& insides_of(GstWebRTCServerStream* object) {
  return object->insides;
}

StreamFacts facts_of(GstWebRTCServerStream* object) {
  const std::scoped_lock lock(object->insides.mutex);
  return object->insides.facts;
}

GstWebRTCServerStream* new_stream(const std::shared_ptr<Stream>& stream,
                                  std::weak_ptr<SessionBook> book) {
  auto* object = GST_WEBRTC_SERVER_STREAM(g_object_new(GST_TYPE_WEBRTC_SERVER_STREAM, nullptr));
  StreamInsides& known = object->insides;
  known.name = stream->settings().name;
  known.direction = stream->direction();
  known.stream = stream;
  known.pushed = std::dynamic_pointer_cast<PushedStream>(stream->observer().lock());
  known.book = std::move(book);
  update_stream(object, *stream);
  known.told = known.facts;
  return object;
}

void update_stream(GstWebRTCServerStream* object, const Stream& stream) {
  const std::scoped_lock lock(object->insides.mutex);
  object->insides.facts.state = to_string(stream.state());
  object->insides.facts.sessions = stream.session_count();
}

void close_stream(GstWebRTCServerStream* object) {
  const std::scoped_lock lock(object->insides.mutex);
  object->insides.facts.sessions = 0;
  object->insides.facts.closed = true;
}

void tell_stream_changed(GstWebRTCServerStream* object) {
  const StreamFacts now = facts_of(object);
  const StreamFacts before = std::exchange(object->insides.told, now);
  if (now.state != before.state) g_object_notify(G_OBJECT(object), "state");
  if (now.sessions != before.sessions) g_object_notify(G_OBJECT(object), "n-sessions");
  if (now.closed != before.closed) g_object_notify(G_OBJECT(object), "closed");
}

void tell_stream_closed(GstWebRTCServerStream* object) {
  tell_stream_changed(object);
  g_signal_emit(object, signals[kSignalClosed], 0);
}

void tell_key_frame_wanted(GstWebRTCServerStream* object, MediaKind media) {
  g_signal_emit(object, signals[kSignalKeyFrameWanted], 0, to_string(media));
}

void tell_stream_warning(GstWebRTCServerStream* object, const std::string& message) {
  g_signal_emit(object, signals[kSignalWarning], 0, message.c_str());
}

}  // namespace webrtcserver
