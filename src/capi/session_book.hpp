// SPDX-License-Identifier: LGPL-2.1-or-later
// session_book.hpp — the objects that stand for a server's streams and sessions in the C API, and
// what the application is told of them: one thing after another, where it expects calls. Any
// thread, unless a method says otherwise.
//
// What waits to be told is bounded by what there is: an object that comes and goes before the
// application has heard of it is not told at all.
#pragma once

#include <gst/webrtcserver/session.h>
#include <gst/webrtcserver/stream.h>

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "server/application_calls.hpp"
#include "server/pushed_stream.hpp"
#include "server/server.hpp"

namespace webrtcserver {

class SessionBook : public ServerEvents::Listener,
                    public PushedStream::Host,
                    public std::enable_shared_from_this<SessionBook> {
 public:
  // Of all sessions together.
  static constexpr std::size_t kMaxMessages = 1024;
  static constexpr std::size_t kMaxMessageBytes = 8 * 1024 * 1024;
  static constexpr std::size_t kMaxWarnings = 64;

  // In the application's calls.
  class Handler {
   public:
    virtual ~Handler() = default;

    virtual void on_stream(GstWebRTCServerStream* stream, bool added) = 0;
    virtual void on_session(GstWebRTCServerSession* session, bool added) = 0;
  };

  SessionBook(std::shared_ptr<ApplicationCalls> calls, std::shared_ptr<Handler> handler)
      : calls_(std::move(calls)), handler_(std::move(handler)) {}

  // From here on what `server` has is in the book, and what it has already. Server thread.
  void follow(Server& server);
  // All that is in the book is closed as far as this concerns. Server thread.
  void leave(Server& server);

  std::vector<Ref<GstWebRTCServerStream>> streams();
  // Null: of all.
  std::vector<Ref<GstWebRTCServerSession>> sessions(GstWebRTCServerStream* of = nullptr);
  // Null: it is not in the book.
  Ref<GstWebRTCServerStream> find(const Stream& stream);

 private:
  enum class What {
    kStreamAdded,
    kStreamChanged,
    kStreamClosed,
    kSessionAdded,
    kSessionChanged,
    kSessionClosed,
    kMessage,
    kKeyFrameWanted,
    kWarning,
  };

  struct Event {
    What what;
    Ref<GObject> object;
    std::string text = {};  // of a message or warning
    MediaKind media = MediaKind::kVideo;
  };

  template <typename Object>
  struct Entry {
    Ref<Object> object;
    bool known = false;  // to the application
  };
  using StreamEntry = Entry<GstWebRTCServerStream>;
  using SessionEntry = Entry<GstWebRTCServerSession>;

  void on_stream_added(const std::shared_ptr<Stream>& stream) override;
  void on_stream_changed(const Stream& stream) override;
  void on_stream_removed(const Stream& stream) override;
  void on_session_added(const std::shared_ptr<Session>& session) override;
  void on_session_changed(const Session& session) override;
  void on_session_removed(const Session& session) override;
  void on_message(const std::string& session, const std::string& json) override;
  void on_key_frame_wanted(const Stream& stream, MediaKind media) override;
  void on_stream_warning(const Stream& stream, const std::string& message) override;

  // With mutex_ held; whether tell_soon() is to be called without it.
  bool add(Event event);
  // The same, unless one like it waits.
  bool add_once(Event event);
  bool waits(const Event& event) const;
  // What was going to be told of it: with mutex_ held, to be dropped without it.
  std::vector<Event> forget(const GObject* object);
  template <typename Object>
  bool close(Entry<Object>& entry, What what, std::vector<Event>& dropped);
  void end_session(const Session& session, const std::string& reason);
  void end_stream(const Stream& stream);
  void tell_soon();
  void tell_next();
  void tell(const Event& event);

  const std::shared_ptr<ApplicationCalls> calls_;
  const std::shared_ptr<Handler> handler_;

  std::mutex mutex_;
  std::map<const Stream*, StreamEntry> streams_;  // guarded by mutex_
  std::map<std::string, SessionEntry> sessions_;  // guarded by mutex_; by name
  std::deque<Event> events_;                      // guarded by mutex_
  std::size_t messages_ = 0;                      // guarded by mutex_; among the events
  std::size_t message_bytes_ = 0;                 // guarded by mutex_
  std::size_t warnings_ = 0;                      // guarded by mutex_
  bool telling_ = false;                          // guarded by mutex_
};

}  // namespace webrtcserver
