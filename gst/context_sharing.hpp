// SPDX-License-Identifier: LGPL-2.1-or-later
// context_sharing.hpp — contexts (of a GPU's device or display) that private pipelines and the
// application's share: an element of ours that stands in the latter asks and tells for the former.
// Any thread, without a lock held: neighbours and the application are called.
#pragma once

#include "base/ref.hpp"

namespace webrtcserver {

// What was set on the element, what its neighbours have, or what the application or a bin gives
// when asked. Null: nobody has any.
Ref<GstContext> find_shared_context(GstElement* element, const char* type);

// One that a private pipeline has made: the application and its elements get it, unless they have
// one already.
void share_context(GstElement* element, const Ref<GstContext>& context);

// A neighbour's GST_QUERY_CONTEXT. False: the element has none of that type, or it is another
// query.
bool answer_context_query(GstElement* element, GstQuery* query);

}  // namespace webrtcserver
