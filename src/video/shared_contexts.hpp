// SPDX-License-Identifier: LGPL-2.1-or-later
// shared_contexts.hpp — the contexts (of a GPU's device or display) that the private pipelines of
// one output share: what one has made, the others get. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

class SharedContexts final {
 public:
  // Null: there is none yet.
  Ref<GstContext> find_context(const char* type) const;
  // By an element, which asked first: kept unless there is one.
  void on_context_made(const Ref<GstContext>& context);
  // Of the memory that pictures come in: in place of any other.
  void set(const Ref<GstContext>& context);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Ref<GstContext>> contexts_;  // guarded by mutex_
};

}  // namespace webrtcserver
