// SPDX-License-Identifier: LGPL-2.1-or-later
// handle.hpp — what GStreamer hands out, owned: where the C++ header has no words of its own.
#pragma once

#include <gst/gst.h>

#include <memory>

struct Release {
  void operator()(gchar* text) const { g_free(text); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(gpointer object) const { g_object_unref(object); }
};

template <typename T>
using Handle = std::unique_ptr<T, Release>;
