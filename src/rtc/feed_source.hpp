// SPDX-License-Identifier: LGPL-2.1-or-later
// feed_source.hpp — the source element of a peer's pipeline: a PeerFeed as an element.
#pragma once

#include <gst/gst.h>

#include <memory>
#include <string>

#include "base/ref.hpp"
#include "rtc/peer_feed.hpp"

namespace webrtcserver {

// A live source that pushes what `feed` pops; caps as set by set_feed_caps(). Key-frame requests
// that come up from webrtcbin reach the feed.
Ref<GstElement> create_feed_source(std::shared_ptr<PeerFeed> feed, const std::string& name);

// Before the feed starts. The caps are pushed ahead of the first packet.
void set_feed_caps(GstElement* element, const Ref<GstCaps>& caps);

}  // namespace webrtcserver
