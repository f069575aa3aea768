// SPDX-License-Identifier: LGPL-2.1-or-later
// stream_private.hpp — how the SessionBook makes a Stream's object and what it has it say.
#pragma once

#include <gst/webrtcserver/stream.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/ref.hpp"
#include "server/pushed_stream.hpp"
#include "server/stream.hpp"

namespace webrtcserver {

class SessionBook;

// What changes while it lasts.
struct StreamFacts {
  std::string state;
  unsigned sessions = 0;
  bool closed = false;
};

struct StreamInsides {
  std::string name;
  Direction direction = Direction::kSend;
  std::weak_ptr<Stream> stream;
  std::weak_ptr<PushedStream> pushed;  // of one that the application feeds
  std::weak_ptr<SessionBook> book;

  mutable std::mutex mutex;
  StreamFacts facts;      // guarded by mutex
  Ref<GObject> controls;  // guarded by mutex
  StreamFacts told;       // in the application's calls
};

StreamInsides& insides_of(GstWebRTCServerStream* object);
StreamFacts facts_of(GstWebRTCServerStream* object);

// "video" or "audio". Throws Error(kFailed).
MediaKind media_named(std::string_view media);

// (transfer full) Server thread.
GstWebRTCServerStream* new_stream(const std::shared_ptr<Stream>& stream,
                                  std::weak_ptr<SessionBook> book);
// Takes what is known of it now. Server thread.
void update_stream(GstWebRTCServerStream* object, const Stream& stream);
// It is gone, for this object at least. Server thread.
void close_stream(GstWebRTCServerStream* object);

// In the application's calls.
void tell_stream_changed(GstWebRTCServerStream* object);
void tell_stream_closed(GstWebRTCServerStream* object);
void tell_key_frame_wanted(GstWebRTCServerStream* object, MediaKind media);
void tell_stream_warning(GstWebRTCServerStream* object, const std::string& message);

}  // namespace webrtcserver
