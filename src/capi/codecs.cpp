// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/codecs.h>

#include "base/guard.hpp"
#include "codec/codec_report.hpp"

using webrtcserver::codec_report;
using webrtcserver::guard;

/**
 * gst_webrtc_server_describe_codecs:
 *
 * What this machine encodes and decodes with, in the order in which it is tried, and why not with
 * the rest. GStreamer has to be initialised. The first call of a process tries every element, which
 * may take seconds; it remembers what it finds, and streams that start later use it. May be called
 * from any thread.
 *
 * The text is a JSON object with the members
 *
 * - `encoders` and `decoders`: arrays of objects, the ones for the codec that is offered first
 *   ahead, and the ones that are tried first ahead within a codec.
 * - `file`: the key file that was read, if there is one.
 * - `problems`: what is wrong in it, as sentences.
 *
 * Each of those objects has
 *
 * - `codec`: `"H264"`, `"VP8"`, `"VP9"`, `"H265"`, `"AV1"` or `"OPUS"`.
 * - `element`: the name of the GStreamer element; `description`: its name for people; `platform`:
 *   what it needs.
 * - `installed`, `usable`: booleans. What is not usable has `refused`, which says why.
 * - `memory`: an array of caps features (`"memory:CUDAMemory"`, `"memory:SystemMemory"`). Of an
 *   encoder: frames that go in without a copy by the CPU. Of a decoder: what it can give.
 * - `problems`: demands of the key file that the element does not meet.
 *
 * and an encoder also
 *
 * - `copied-memory`: frames that are copied on their way in.
 * - `bitrate-change`: `"live"`, `"restart"` where another bitrate needs another encoder, `"none"`.
 * - `limits`: what is known not to work, if there is something.
 * - `source`: where the values come from with which the element is driven.
 *
 * ```python
 * import json
 * codecs = json.loads(GstWebRTCServer.describe_codecs())
 * print([row["element"] for row in codecs["encoders"] if row["usable"]])
 * ```
 *
 * Returns: (transfer full): JSON
 *
 * Since: 0.1
 */
gchar* gst_webrtc_server_describe_codecs() {
  return guard("the description of codecs", static_cast<gchar*>(nullptr),
               [] { return g_strdup(codec_report().c_str()); });
}
