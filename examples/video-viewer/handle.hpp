// SPDX-License-Identifier: LGPL-2.1-or-later
// handle.hpp — what GLib hands out, owned.
#pragma once

#include <gst/gst.h>

#include <memory>

struct Release {
  void operator()(gchar* text) const { g_free(text); }
  void operator()(gchar** texts) const { g_strfreev(texts); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GOptionContext* context) const { g_option_context_free(context); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
  void operator()(gpointer object) const { g_object_unref(object); }
};

template <typename T>
using Handle = std::unique_ptr<T, Release>;
