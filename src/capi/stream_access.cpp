// SPDX-License-Identifier: LGPL-2.1-or-later
// What the application reads and asks of a GstWebRTCServerStream.
#include <gst/webrtcserver/stream.h>

#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/object_array.hpp"
#include "capi/session_book.hpp"
#include "capi/session_private.hpp"
#include "capi/stream_private.hpp"
#include "server/control_store.hpp"
#include "server/statistics.hpp"

using webrtcserver::attempt;
using webrtcserver::Direction;
using webrtcserver::Error;
using webrtcserver::ErrorCode;
using webrtcserver::facts_of;
using webrtcserver::guard;
using webrtcserver::insides_of;
using webrtcserver::Owned;
using webrtcserver::PushedStream;
using webrtcserver::Ref;
using webrtcserver::server_thread;
using webrtcserver::Stream;

namespace {

// Throws Error where it is not the application's, or has gone.
std::shared_ptr<PushedStream> pushed_of(GstWebRTCServerStream* self) {
  if (facts_of(self).closed) throw Error(ErrorCode::kClosed, "The stream has been closed.");
  auto pushed = insides_of(self).pushed.lock();
  if (pushed) return pushed;
  throw Error(ErrorCode::kFailed, "The stream \"" + insides_of(self).name +
                                      "\" is that of an element, which feeds it and has its "
                                      "properties; this is for those of "
                                      "gst_webrtc_server_server_add_stream().");
}

Owned<GstStructure> statistics_of(const std::weak_ptr<Stream>& weak) {
  auto stream = server_thread().call([&] { return weak.lock(); });
  if (!stream) return nullptr;
  auto statistics =
      stream->direction() == Direction::kSend
          ? collect_statistics(std::static_pointer_cast<webrtcserver::OutputStream>(stream))
          : collect_statistics(std::static_pointer_cast<webrtcserver::InputStream>(stream));
  // It may be the last reference, and streams end on the server's thread.
  server_thread().post([stream = std::move(stream)] {});
  return statistics;
}

}  // namespace

namespace webrtcserver {

MediaKind media_named(std::string_view media) {
  for (const MediaKind kind : {MediaKind::kVideo, MediaKind::kAudio}) {
    if (media == to_string(kind)) return kind;
  }
  throw Error(ErrorCode::kFailed,
              "“" + std::string(media) + "” is no medium; there are \"video\" and \"audio\".");
}

}  // namespace webrtcserver

/**
 * gst_webrtc_server_stream_get_name:
 * @self: a stream
 *
 * What stands behind the server's address: "output".
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_stream_get_name(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), nullptr);
  return insides_of(self).name.c_str();
}

/**
 * gst_webrtc_server_stream_get_direction:
 * @self: a stream
 *
 * Which way it goes. A name may be there once in each direction.
 *
 * Returns: (transfer none): "out" to browsers, or "in" from them
 *
 * Since: 0.1
 */
const gchar* gst_webrtc_server_stream_get_direction(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), nullptr);
  return insides_of(self).direction == Direction::kSend ? "out" : "in";
}

/**
 * gst_webrtc_server_stream_get_state:
 * @self: a stream
 *
 * What there is of it.
 *
 * Returns: (transfer full): "waiting" for media, "live", "paused", or "error"
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_stream_get_state(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), nullptr);
  return g_strdup(facts_of(self).state.c_str());
}

/**
 * gst_webrtc_server_stream_get_n_sessions:
 * @self: a stream
 *
 * How many clients view it, or publish to it.
 *
 * Returns: the number of its sessions
 *
 * Since: 0.1
 */
guint gst_webrtc_server_stream_get_n_sessions(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), 0);
  return facts_of(self).sessions;
}

/**
 * gst_webrtc_server_stream_get_sessions:
 * @self: a stream
 *
 * Those who view it, or publish to it.
 *
 * Returns: (transfer container) (element-type GstWebRTCServerSession): its sessions
 *
 * Since: 0.1
 */
GPtrArray* gst_webrtc_server_stream_get_sessions(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), nullptr);
  GPtrArray* array = g_ptr_array_new_with_free_func(g_object_unref);
  guard("sessions of a stream", [&] {
    if (const auto book = insides_of(self).book.lock())
      webrtcserver::append(array, book->sessions(self));
  });
  return array;
}

/**
 * gst_webrtc_server_stream_is_closed:
 * @self: a stream
 *
 * Whether it has gone, or the server that it was asked of has stopped.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_is_closed(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), FALSE);
  return facts_of(self).closed ? TRUE : FALSE;
}

/**
 * gst_webrtc_server_stream_get_statistics:
 * @self: a stream
 *
 * Its numbers, as the property `stats` of the elements has them. It waits for its peers', for a
 * second at most.
 *
 * Returns: (transfer full) (nullable): the numbers; %NULL where it has gone
 *
 * Since: 0.1
 */
GstStructure* gst_webrtc_server_stream_get_statistics(GstWebRTCServerStream* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), nullptr);
  return guard("statistics of a stream", static_cast<GstStructure*>(nullptr),
               [&] { return statistics_of(insides_of(self).stream).release(); });
}

/**
 * gst_webrtc_server_stream_send_message:
 * @self: a stream
 * @json: the message: JSON of at most 64 KiB
 * @error: return location for an error
 *
 * Says something to each of its clients, as [method@Session.send_message] does to one.
 *
 * Returns: %FALSE with an error for what is no JSON or too long, and where the stream has gone
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_send_message(GstWebRTCServerStream* self, const gchar* json,
                                               GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self) && json, FALSE);
  return attempt(error, [&] {
    auto message = webrtcserver::message_of_application(json);
    if (facts_of(self).closed) throw Error(ErrorCode::kClosed, "The stream has gone.");
    server_thread().post([weak = insides_of(self).stream, message = std::move(message)] {
      if (const auto stream = weak.lock()) stream->send({}, message);
    });
  });
}

/**
 * gst_webrtc_server_stream_push_sample:
 * @self: a stream of [method@Server.add_stream]
 * @media: "video" or "audio"
 * @sample: (transfer none): a frame with its caps: raw, or encoded as H.264, H.265, VP8, VP9, AV1
 * or Opus, which is not encoded again
 * @error: return location for an error
 *
 * Hands over what viewers get next. It waits for none of them, nor for an encoder, and is to be
 * called at the pace at which they shall see it. Distances of timestamps are kept, and are the same
 * for pictures and sound; the first is the moment at which it comes, as is one without a timestamp
 * and one that is two seconds away from it. Caps may change. The buffer's memory is shared, and
 * must not be changed afterwards.
 *
 * Returns: %FALSE with an error: no encoder takes it, the stream has not this medium, it is an
 *   element's, or it has been closed
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_push_sample(GstWebRTCServerStream* self, const gchar* media,
                                              GstSample* sample, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self) && media && GST_IS_SAMPLE(sample), FALSE);
  return attempt(error, [&] { pushed_of(self)->push(webrtcserver::media_named(media), sample); });
}

/**
 * gst_webrtc_server_stream_set_controls:
 * @self: a stream of [method@Server.add_stream]
 * @controls: what browsers may see and change; once
 * @error: return location for an error
 *
 * Shows controls beside the stream, as the property `remote-controls` of webrtcsink does.
 *
 * Returns: %FALSE with an error: it has some already, it is an element's, or it has been closed
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_set_controls(GstWebRTCServerStream* self,
                                               GstWebRTCServerControls* controls, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self) && GST_WEBRTC_SERVER_IS_CONTROLS(controls),
                       FALSE);
  return attempt(error, [&] {
    const auto pushed = pushed_of(self);
    auto store = webrtcserver::ControlStore::of(G_OBJECT(controls));
    {
      webrtcserver::StreamInsides& insides = insides_of(self);
      const std::scoped_lock lock(insides.mutex);
      if (insides.controls)
        throw Error(ErrorCode::kFailed,
                    "The stream \"" + insides.name + "\" has controls already.");
      insides.controls = Ref<GObject>::retain(G_OBJECT(controls));
    }
    server_thread().post([weak = insides_of(self).stream, store = std::move(store)] {
      const auto stream = weak.lock();
      if (stream) store->join(stream->controls(), {}, server_thread());
    });
  });
}

/**
 * gst_webrtc_server_stream_set_bitrate:
 * @self: a stream of [method@Server.add_stream]
 * @bitrate: bit/s of its pictures, where they are encoded here; 2,500,000 at first
 * @error: return location for an error
 *
 * Sets what encoders aim at; those that run follow.
 *
 * Returns: %FALSE with an error: it is an element's, or it has been closed
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_set_bitrate(GstWebRTCServerStream* self, guint bitrate,
                                              GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), FALSE);
  return attempt(error, [&] {
    constexpr guint kLeast = 1'000;
    const auto pushed = pushed_of(self);
    if (bitrate < kLeast || bitrate > G_MAXINT)
      throw Error(ErrorCode::kFailed, "A bitrate is from 1000 to 2147483647 bit/s.");
    pushed->set_bitrate(bitrate);
  });
}

/**
 * gst_webrtc_server_stream_close:
 * @self: a stream of [method@Server.add_stream]
 * @error: return location for an error
 *
 * Takes the stream off the server; its viewers are told that it has ended, and wait for another of
 * its name. Twice is once.
 *
 * Returns: %FALSE with an error where it is an element's
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_stream_close(GstWebRTCServerStream* self, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_STREAM(self), FALSE);
  return attempt(error, [&] {
    if (facts_of(self).closed) return;
    pushed_of(self)->close("The stream ended.");
  });
}
