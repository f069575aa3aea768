// SPDX-License-Identifier: LGPL-2.1-or-later
// pushed_stream.hpp — a stream to browsers whose frames the application hands over itself, without
// any element: raw ones are encoded as webrtcsink's are, encoded ones pass. Any thread.
#pragma once

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "codec/encoding_set.hpp"
#include "server/server.hpp"
#include "server/time_line.hpp"

namespace webrtcserver {

class PushedStream : public Stream::Observer, public std::enable_shared_from_this<PushedStream> {
 public:
  struct Settings {
    std::string name;
    std::vector<MediaKind> media;  // each once
  };

  // Called without any lock held, on any thread; must not wait.
  class Host {
   public:
    virtual ~Host() = default;

    // Somebody needs a key frame of what is handed over encoded.
    virtual void on_key_frame_wanted(const Stream& stream, MediaKind media) = 0;
    // Something that the application should see to.
    virtual void on_stream_warning(const Stream& stream, const std::string& message) = 0;
  };

  // Not from the server thread. Throws Error: kNameTaken; kInvalidUri for a name that cannot be;
  // kFailed without media.
  static std::shared_ptr<PushedStream> open(const std::shared_ptr<Server>& server,
                                            const Settings& settings, std::weak_ptr<Host> host);
  ~PushedStream() override = default;

  // Waits for nobody but another push() of the same media. Throws Error: kNoEncoder; kClosed;
  // kFailed for media that the stream has not, or a sample without a buffer or caps.
  void push(MediaKind media, GstSample* sample);
  void set_bitrate(unsigned bits_per_second) const;  // of pictures
  // Its viewers are told, and it is gone. Twice is once.
  void close(std::string_view message);
  std::shared_ptr<OutputStream> stream() const;  // null once it is closed

 private:
  class Media;

  bool is_closed() const;
  // False: it has been closed meanwhile.
  bool keep(const std::shared_ptr<OutputStream>& stream);

  PushedStream(std::weak_ptr<Server> server, std::weak_ptr<Host> host)
      : server_(std::move(server)), host_(std::move(host)) {}

  void on_session_created(const std::string& /*session*/, GstElement* /*webrtcbin*/) override {}
  void on_session_closing(const std::string& /*session*/, GstElement* /*webrtcbin*/) override {}
  void on_message(const std::string& /*session*/, const std::string& /*json*/) override {}
  void on_sessions_changed(unsigned /*sessions*/) override {}
  void on_warning(const std::string& message) override;

  const std::weak_ptr<Server> server_;
  const std::weak_ptr<Host> host_;
  std::vector<std::shared_ptr<Media>> media_;  // constant from open() on
  TimeLine time_line_;

  mutable std::mutex mutex_;
  std::shared_ptr<OutputStream> stream_;  // guarded by mutex_; null while open() adds it
  bool closed_ = false;                   // guarded by mutex_
};

}  // namespace webrtcserver
