// SPDX-License-Identifier: LGPL-2.1-or-later
#include "context_sharing.hpp"

namespace webrtcserver {

namespace {

Ref<GstContext> context_of(GstElement* element, const char* type) {
  return Ref<GstContext>::adopt(gst_element_get_context(element, type));
}

Ref<GstContext> ask_neighbours(GstElement* element, const char* type) {
  struct Search {
    Ref<GstQuery> query;
    bool found = false;
  } search{Ref<GstQuery>::adopt(gst_query_new_context(type))};
  gst_element_foreach_pad(
      element,
      [](GstElement* /*element*/, GstPad* pad, gpointer data) {
        auto* mine = static_cast<Search*>(data);
        mine->found = gst_pad_peer_query(pad, mine->query.get()) != FALSE;
        return mine->found ? FALSE : TRUE;
      },
      &search);
  GstContext* context = nullptr;
  if (search.found) gst_query_parse_context(search.query.get(), &context);
  return Ref<GstContext>::retain(context);
}

}  // namespace

Ref<GstContext> find_shared_context(GstElement* element, const char* type) {
  if (auto set = context_of(element, type)) return set;
  if (auto shared = ask_neighbours(element, type)) return shared;
  // Whoever has one sets it on the element before this returns.
  gst_element_post_message(element, gst_message_new_need_context(GST_OBJECT(element), type));
  return context_of(element, type);
}

void share_context(GstElement* element, const Ref<GstContext>& context) {
  if (context_of(element, gst_context_get_context_type(context.get()))) return;
  gst_element_set_context(element, context.get());
  gst_element_post_message(element, gst_message_new_have_context(
                                        GST_OBJECT(element), Ref<GstContext>(context).release()));
}

bool answer_context_query(GstElement* element, GstQuery* query) {
  const char* type = nullptr;
  if (GST_QUERY_TYPE(query) != GST_QUERY_CONTEXT || !gst_query_parse_context_type(query, &type))
    return false;
  const auto context = context_of(element, type);
  if (context) gst_query_set_context(query, context.get());
  return static_cast<bool>(context);
}

}  // namespace webrtcserver
