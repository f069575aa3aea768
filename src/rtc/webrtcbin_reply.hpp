// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcbin_reply.hpp — waits for what webrtcbin promises.
// Lives on the peer's serial queue. webrtcbin replies on a thread of its own, and soon; while the
// queue waits, nothing can stop the webrtcbin under its task.
#pragma once

#include <future>

#include "base/ref.hpp"

namespace webrtcserver {

class WebrtcbinReply {
 public:
  WebrtcbinReply();

  // To be handed to one action signal.
  GstPromise* promise() const { return promise_.get(); }

  // Waits for the reply, which is null where webrtcbin has nothing to say. Once. Throws
  // Error(kFailed) with webrtcbin's words, also when it was stopped and will not reply.
  Owned<GstStructure> wait();

 private:
  class Receiver;

  Ref<GstPromise> promise_;
  std::future<Owned<GstStructure>> reply_;
};

}  // namespace webrtcserver
