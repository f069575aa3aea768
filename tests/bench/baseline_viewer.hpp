// SPDX-License-Identifier: LGPL-2.1-or-later
// baseline_viewer.hpp — one viewer of the baseline: a queue and a webrtcbin behind the pipeline's
// tee. Lives on the default main context.
#pragma once

#include "baseline_peer.hpp"

namespace webrtcserver::bench {

class BaselineViewer : public BaselinePeer {
 public:
  BaselineViewer(GstElement* pipeline, SoupWebsocketConnection* socket)
      : BaselinePeer(pipeline, socket) {}

  void join() override;
  void leave() override;

 private:
  void on_connected() override;

  Ref<GstElement> queue_;
  Ref<GstPad> tee_pad_;
};

}  // namespace webrtcserver::bench
