// SPDX-License-Identifier: LGPL-2.1-or-later
// sctp_association_id.hpp — a number for a peer's SCTP association, as long as the peer lives.
// Any thread.
//
// GStreamer finds associations by it, across the process. webrtcbin draws one of 65536 at random:
// among a hundred peers two of them would share one every fourteenth time, and lose their messages.
#pragma once

#include <gst/gst.h>

#include <optional>

namespace webrtcserver {

class SctpAssociationId {
 public:
  SctpAssociationId();
  ~SctpAssociationId();
  SctpAssociationId(const SctpAssociationId&) = delete;
  SctpAssociationId& operator=(const SctpAssociationId&) = delete;

  // Nothing when all are taken.
  std::optional<guint> number() const { return number_; }
  // Gives it to the SCTP elements of a webrtcbin that has made its offer and is not connected yet.
  void apply(GstElement* webrtcbin) const;

 private:
  std::optional<guint> number_;
};

}  // namespace webrtcserver
