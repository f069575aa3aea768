// SPDX-License-Identifier: LGPL-2.1-or-later
#include "capi/session_book.hpp"

#include <algorithm>
#include <utility>

#include "capi/session_private.hpp"
#include "capi/stream_private.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// Why sessions end, for an application that has stopped its server object while others share the
// server.
constexpr char kStopped[] = "closing";

GstWebRTCServerStream* stream_of(const Ref<GObject>& object) {
  return GST_WEBRTC_SERVER_STREAM(object.get());
}

GstWebRTCServerSession* session_of(const Ref<GObject>& object) {
  return GST_WEBRTC_SERVER_SESSION(object.get());
}

template <typename Object>
Ref<GObject> object_of(const Ref<Object>& object) {
  return Ref<GObject>::retain(G_OBJECT(object.get()));
}

}  // namespace

void SessionBook::follow(Server& server) {
  server.events()->add(shared_from_this());
  for (const auto& stream : server.streams()) {
    on_stream_added(stream);
    for (const auto& session : stream->sessions()) on_session_added(session);
  }
}

void SessionBook::leave(Server& server) {
  server.events()->remove(this);
  for (const auto& stream : server.streams()) {
    for (const auto& session : stream->sessions()) end_session(*session, kStopped);
    end_stream(*stream);
  }
}

std::vector<Ref<GstWebRTCServerStream>> SessionBook::streams() {
  std::vector<Ref<GstWebRTCServerStream>> streams;
  const std::scoped_lock lock(mutex_);
  for (auto& [key, entry] : streams_) {
    entry.known = true;
    streams.push_back(entry.object);
  }
  return streams;
}

std::vector<Ref<GstWebRTCServerSession>> SessionBook::sessions(GstWebRTCServerStream* of) {
  std::vector<Ref<GstWebRTCServerSession>> sessions;
  const std::scoped_lock lock(mutex_);
  for (auto& [name, entry] : sessions_) {
    if (of && insides_of(entry.object.get()).stream.get() != of) continue;
    entry.known = true;
    sessions.push_back(entry.object);
  }
  return sessions;
}

Ref<GstWebRTCServerStream> SessionBook::find(const Stream& stream) {
  const std::scoped_lock lock(mutex_);
  const auto found = streams_.find(&stream);
  if (found == streams_.end()) return {};
  found->second.known = true;
  return found->second.object;
}

// What comes and goes

void SessionBook::on_stream_added(const std::shared_ptr<Stream>& stream) {
  auto object = Ref<GstWebRTCServerStream>::adopt(new_stream(stream, weak_from_this()));
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    streams_[stream.get()] = {object};
    soon = add({What::kStreamAdded, object_of(object)});
  }
  if (soon) tell_soon();
}

void SessionBook::on_session_added(const std::shared_ptr<Session>& session) {
  const auto owner = session->owner();
  const auto stream = owner ? find(*owner) : nullptr;
  auto object = Ref<GstWebRTCServerSession>::adopt(new_session(session, stream.get()));
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    sessions_[session->name()] = {object};
    soon = add({What::kSessionAdded, object_of(object)});
  }
  if (soon) tell_soon();
  if (owner) on_stream_changed(*owner);
}

void SessionBook::on_stream_changed(const Stream& stream) {
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(&stream);
    if (found == streams_.end()) return;
    update_stream(found->second.object.get(), stream);
    soon = add_once({What::kStreamChanged, object_of(found->second.object)});
  }
  if (soon) tell_soon();
}

void SessionBook::on_session_changed(const Session& session) {
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(session.name());
    if (found == sessions_.end()) return;
    update_session(found->second.object.get(), session);
    soon = add_once({What::kSessionChanged, object_of(found->second.object)});
  }
  if (soon) tell_soon();
}

void SessionBook::on_session_removed(const Session& session) {
  end_session(session, session.end_reason());
  if (const auto owner = session.owner()) on_stream_changed(*owner);
}

void SessionBook::on_stream_removed(const Stream& stream) {
  end_stream(stream);
}

void SessionBook::end_session(const Session& session, const std::string& reason) {
  SessionEntry entry;
  std::vector<Event> dropped;
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(session.name());
    if (found == sessions_.end()) return;
    entry = std::move(found->second);
    sessions_.erase(found);
    close_session(entry.object.get(), session, reason);
    soon = close(entry, What::kSessionClosed, dropped);
  }
  if (soon) tell_soon();
}

void SessionBook::end_stream(const Stream& stream) {
  StreamEntry entry;
  std::vector<Event> dropped;
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(&stream);
    if (found == streams_.end()) return;
    entry = std::move(found->second);
    streams_.erase(found);
    close_stream(entry.object.get());
    soon = close(entry, What::kStreamClosed, dropped);
  }
  if (soon) tell_soon();
}

// The entry's reference goes to the application's calls: the last one may be the application's, and
// what it then runs must not run here.
template <typename Object>
bool SessionBook::close(Entry<Object>& entry, What what, std::vector<Event>& dropped) {
  if (entry.known) return add({what, object_of(std::exchange(entry.object, nullptr))});
  dropped = forget(G_OBJECT(entry.object.get()));
  return false;
}

std::vector<SessionBook::Event> SessionBook::forget(const GObject* object) {
  std::vector<Event> dropped;
  std::erase_if(events_, [&](Event& event) {
    if (event.object.get() != object) return false;
    if (event.what == What::kMessage) {
      --messages_;
      message_bytes_ -= event.text.size();
    }
    if (event.what == What::kWarning) --warnings_;
    dropped.push_back(std::move(event));
    return true;
  });
  return dropped;
}

// What they say

void SessionBook::on_message(const std::string& session, const std::string& json) {
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(session);
    if (found == sessions_.end()) return;
    if (messages_ >= kMaxMessages || message_bytes_ + json.size() > kMaxMessageBytes) {
      GST_INFO("a message of %s is dropped: the application does not keep up", session.c_str());
      return;
    }
    ++messages_;
    message_bytes_ += json.size();
    soon = add({What::kMessage, object_of(found->second.object), json});
  }
  if (soon) tell_soon();
}

void SessionBook::on_key_frame_wanted(const Stream& stream, MediaKind media) {
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(&stream);
    if (found == streams_.end()) return;
    soon = add_once({What::kKeyFrameWanted, object_of(found->second.object), {}, media});
  }
  if (soon) tell_soon();
}

void SessionBook::on_stream_warning(const Stream& stream, const std::string& message) {
  bool soon = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(&stream);
    if (found == streams_.end() || warnings_ >= kMaxWarnings) return;
    ++warnings_;
    soon = add({What::kWarning, object_of(found->second.object), message});
  }
  if (soon) tell_soon();
}

// Telling

bool SessionBook::add(Event event) {
  events_.push_back(std::move(event));
  return !std::exchange(telling_, true);
}

bool SessionBook::add_once(Event event) {
  return !waits(event) && add(std::move(event));
}

bool SessionBook::waits(const Event& event) const {
  return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
    return other.what == event.what && other.object == event.object && other.media == event.media;
  });
}

void SessionBook::tell_soon() {
  calls_->post([self = shared_from_this()] { self->tell_next(); });
}

void SessionBook::tell_next() {
  {
    Event event;
    {
      const std::scoped_lock lock(mutex_);
      if (events_.empty()) {  // what was there has been forgotten
        telling_ = false;
        return;
      }
      event = std::move(events_.front());
      events_.pop_front();
      if (event.what == What::kMessage) {
        --messages_;
        message_bytes_ -= event.text.size();
      } else if (event.what == What::kWarning) {
        --warnings_;
      } else if (event.what == What::kStreamAdded) {
        const auto found = std::find_if(streams_.begin(), streams_.end(), [&](const auto& entry) {
          return G_OBJECT(entry.second.object.get()) == event.object.get();
        });
        if (found != streams_.end()) found->second.known = true;
      } else if (event.what == What::kSessionAdded) {
        const auto found = sessions_.find(insides_of(session_of(event.object)).id);
        if (found != sessions_.end()) found->second.known = true;
      }
    }
    tell(event);
  }
  {
    const std::scoped_lock lock(mutex_);
    telling_ = !events_.empty();
    if (!telling_) return;
  }
  tell_soon();
}

void SessionBook::tell(const Event& event) {
  switch (event.what) {
    case What::kStreamAdded:
      return handler_->on_stream(stream_of(event.object), true);
    case What::kStreamChanged:
      return tell_stream_changed(stream_of(event.object));
    case What::kStreamClosed:
      tell_stream_closed(stream_of(event.object));
      return handler_->on_stream(stream_of(event.object), false);
    case What::kSessionAdded:
      return handler_->on_session(session_of(event.object), true);
    case What::kSessionChanged:
      return tell_session_changed(session_of(event.object));
    case What::kSessionClosed:
      tell_session_closed(session_of(event.object));
      return handler_->on_session(session_of(event.object), false);
    case What::kMessage:
      return tell_session_message(session_of(event.object), event.text);
    case What::kKeyFrameWanted:
      return tell_key_frame_wanted(stream_of(event.object), event.media);
    case What::kWarning:
      return tell_stream_warning(stream_of(event.object), event.text);
  }
}

}  // namespace webrtcserver
