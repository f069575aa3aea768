// SPDX-License-Identifier: LGPL-2.1-or-later
// contexts.hpp — how elements of a GPU come to share its context: they ask their neighbours, then
// the application, and make one where nobody has any (gst_cuda_ensure_element_context() and its
// like in VA and GL, GStreamer 1.22). Usable on any thread.
#pragma once

#include "base/ref.hpp"
#include "doubles/device_memory.hpp"

namespace webrtcserver::doubles {

// "gst.cuda.context", "gst.va.display.handle", "gst.gl.GLDisplay"; null for memory that has none.
const char* context_type_of(MemoryKind kind);

// A new one, of a device of its own.
Ref<GstContext> make_context(MemoryKind kind);

// The context that the element has after asking, or having made one. What others have set is kept
// by GstElement. Null for memory that has none.
Ref<GstContext> ensure_context(GstElement* element, MemoryKind kind);

// Answers a neighbour's query with what the element has.
bool answer_context_query(GstElement* element, GstQuery* query);

// Contexts that elements have had to make since the process began.
unsigned contexts_made();

}  // namespace webrtcserver::doubles
