// SPDX-License-Identifier: LGPL-2.1-or-later
// baseline_publisher.hpp — one publisher of the baseline: a webrtcbin in front of the pipeline's
// depayloader. Lives on the default main context.
#pragma once

#include "baseline_peer.hpp"

namespace webrtcserver::bench {

// The element called "entrance" takes its packets.
class BaselinePublisher : public BaselinePeer {
 public:
  BaselinePublisher(GstElement* pipeline, SoupWebsocketConnection* socket)
      : BaselinePeer(pipeline, socket) {}

  void join() override;
  void leave() override;

 private:
  void on_pad(GstPad* pad) override;
};

}  // namespace webrtcserver::bench
