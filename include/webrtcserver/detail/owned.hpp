// SPDX-License-Identifier: LGPL-2.1-or-later
// owned.hpp — references of GStreamer's and GLib's that let go by themselves. Not for applications.
#pragma once

#include <gst/gst.h>

#include <memory>

namespace webrtcserver {
inline namespace v1 {
namespace detail {

struct Release {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
  void operator()(gchar** strings) const { g_strfreev(strings); }
  void operator()(gchar* text) const { g_free(text); }
};

struct ReleaseObject {
  void operator()(gpointer object) const { g_object_unref(object); }
};

using Buffer = std::unique_ptr<GstBuffer, Release>;
using Caps = std::unique_ptr<GstCaps, Release>;
using Sample = std::unique_ptr<GstSample, Release>;
using Structure = std::unique_ptr<GstStructure, Release>;
using Strings = std::unique_ptr<gchar*, Release>;
using Text = std::unique_ptr<gchar, Release>;
template <typename T>
using Object = std::unique_ptr<T, ReleaseObject>;

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
