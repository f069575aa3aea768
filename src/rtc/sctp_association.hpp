// SPDX-License-Identifier: LGPL-2.1-or-later
// sctp_association.hpp — what webrtcbin's SCTP elements need from outside: a number for a peer's
// association, as long as the peer lives, protection from the browser, and a way out when they are
// stopped. Any thread.
//
// GStreamer finds associations by it, across the process. Before 1.28 webrtcbin draws one of 65536
// at random: among a hundred peers two of them would share one every fourteenth time, and lose
// their messages.
#pragma once

#include <gst/gst.h>

#include <memory>
#include <optional>

namespace webrtcserver {

class SctpAssociation {
 public:
  // Called on a thread of webrtcbin's.
  class Listener {
   public:
    virtual ~Listener() = default;

    // The browser uses another stream, with or without a channel on it: each costs pads, elements
    // and threads.
    virtual void on_stream() = 0;
    // The browser ends the association.
    virtual void on_shutdown() = 0;
  };

  SctpAssociation();
  ~SctpAssociation();
  SctpAssociation(const SctpAssociation&) = delete;
  SctpAssociation& operator=(const SctpAssociation&) = delete;

  // Nothing when all are taken.
  std::optional<guint> number() const { return number_; }
  // Gives it to the SCTP elements of a webrtcbin that has made its offer and is not connected yet,
  // unless they have one that is nobody else's, and has the listener told.
  //
  // Behind a shutdown nothing of the browser is let in. GStreamer, up to 1.26 at least, aborts the
  // process when an association that was shut down is restarted and used again.
  //
  // A message that can no longer be sent ends its sender without an error: webrtcbin ignores those
  // errors, and leaks each with its appsrc.
  void apply(GstElement* webrtcbin, const std::weak_ptr<Listener>& listener) const;
  // Ahead of webrtcbin's end. Before 1.24 sctpenc waits for the network while it is stopped, which
  // a browser that takes nothing makes forever.
  static void release(GstElement* webrtcbin);

 private:
  std::optional<guint> number_;
};

}  // namespace webrtcserver
