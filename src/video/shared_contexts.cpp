// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/shared_contexts.hpp"

#include <utility>

namespace webrtcserver {

Ref<GstContext> SharedContexts::find_context(const char* type) const {
  const std::scoped_lock lock(mutex_);
  const auto found = contexts_.find(type);
  return found == contexts_.end() ? Ref<GstContext>() : found->second;
}

void SharedContexts::on_context_made(const Ref<GstContext>& context) {
  const std::scoped_lock lock(mutex_);
  contexts_.emplace(gst_context_get_context_type(context.get()), context);
}

void SharedContexts::set(const Ref<GstContext>& context) {
  Ref<GstContext> former = context;  // goes behind the lock
  const std::scoped_lock lock(mutex_);
  std::swap(contexts_[gst_context_get_context_type(context.get())], former);
}

}  // namespace webrtcserver
