// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/contexts.hpp"

#include <atomic>
#include <functional>

namespace webrtcserver::doubles {

namespace {

std::atomic<unsigned> made{0};

Ref<GstContext> context_of(GstElement* element, const char* type) {
  return Ref<GstContext>::adopt(gst_element_get_context(element, type));
}

Ref<GstContext> ask_neighbours(GstElement* element, const char* type) {
  struct Search {
    GstQuery* query;
    bool found;
  };
  const auto query = Ref<GstQuery>::adopt(gst_query_new_context(type));
  Search search{query.get(), false};
  const GstElementForeachPadFunc ask = [](GstElement* /*element*/, GstPad* pad, gpointer data) {
    auto* mine = static_cast<Search*>(data);
    mine->found = gst_pad_peer_query(pad, mine->query) != FALSE;
    return mine->found ? FALSE : TRUE;
  };
  gst_element_foreach_src_pad(element, ask, &search);
  if (!search.found) gst_element_foreach_sink_pad(element, ask, &search);
  if (!search.found) return {};
  GstContext* context = nullptr;
  gst_query_parse_context(query.get(), &context);
  return Ref<GstContext>::retain(context);
}

}  // namespace

const char* context_type_of(MemoryKind kind) {
  switch (kind) {
    case MemoryKind::kCuda:
      return "gst.cuda.context";
    case MemoryKind::kVa:
      return "gst.va.display.handle";
    case MemoryKind::kGl:
      return "gst.gl.GLDisplay";
    case MemoryKind::kSystem:
    case MemoryKind::kNvmm:
    case MemoryKind::kDmaBuf:
      return nullptr;
  }
  return nullptr;
}

Ref<GstContext> make_context(MemoryKind kind) {
  static std::atomic<unsigned> serial{0};
  auto context = Ref<GstContext>::adopt(gst_context_new(context_type_of(kind), TRUE));
  gst_structure_set(gst_context_writable_structure(context.get()), "device", G_TYPE_UINT, ++serial,
                    nullptr);
  return context;
}

Ref<GstContext> ensure_context(GstElement* element, MemoryKind kind) {
  const char* type = context_type_of(kind);
  if (!type) return {};
  if (auto known = context_of(element, type)) return known;
  if (auto shared = ask_neighbours(element, type)) {
    gst_element_set_context(element, shared.get());
    return shared;
  }
  gst_element_post_message(element, gst_message_new_need_context(GST_OBJECT(element), type));
  if (auto given = context_of(element, type)) return given;
  ++made;
  auto own = make_context(kind);
  gst_element_set_context(element, own.get());
  gst_element_post_message(
      element, gst_message_new_have_context(GST_OBJECT(element), Ref<GstContext>(own).release()));
  return own;
}

bool answer_context_query(GstElement* element, GstQuery* query) {
  const char* type = nullptr;
  if (GST_QUERY_TYPE(query) != GST_QUERY_CONTEXT || !gst_query_parse_context_type(query, &type))
    return false;
  const auto context = context_of(element, type);
  if (context) gst_query_set_context(query, context.get());
  return static_cast<bool>(context);
}

unsigned contexts_made() {
  return made;
}

}  // namespace webrtcserver::doubles
