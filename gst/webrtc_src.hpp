// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtc_src.hpp — what webrtcsrc does: opens a server, lets browsers publish to a stream, and has
// a Decoding for each of its pads. Methods may be called from any thread; the GObject around it
// (webrtc_src_element.cpp) is only their door. Lock order: none is ever held while another is
// taken, and none while calling out.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "codec/decoding.hpp"
#include "remote_endpoint.hpp"
#include "server/input_stream.hpp"
#include "server/server.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

class WebRTCSrc : public std::enable_shared_from_this<WebRTCSrc>, public InputStream::Observer {
 public:
  enum class OnIdle { kWait, kBlack, kEos };

  struct Settings : ServerSettings {
    Settings() { uri = "webrtc://@:8554/input"; }

    std::vector<std::string> video_codecs;  // RTP names in order of preference; empty: all
    std::vector<std::string> audio_codecs;
    std::string video_decoder;  // elements, the best first; empty: the catalogue's
    unsigned latency = 200;     // ms
    unsigned max_publishers = 1;
    InputStream::SecondPublisher on_second = InputStream::SecondPublisher::kReject;
    OnIdle on_idle = OnIdle::kWait;
    unsigned idle_timeout = 2000;  // ms
  };

  // What the element makes of it: pads, signals and messages. Held weakly by this class. Its calls
  // come on a thread where the application may take its time.
  class Host {
   public:
    virtual ~Host() = default;

    // The first publisher of a slot beyond the first has come.
    virtual void add_pads(unsigned slot) = 0;
    // What the pad's peer takes.
    virtual Decoding::Wanted wanted_by(const std::string& pad) = 0;
    virtual void session_created(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void session_closing(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void message_received(const std::string& session, const std::string& json) = 0;
    virtual void publishers_changed() = 0;
    virtual void wait_for_publisher(const std::string& stream, unsigned seconds) = 0;
    // A context (of a GPU, say) of the pipeline that the element is in; null: there is none. And
    // one that others there should share. On a thread of a private pipeline.
    virtual Ref<GstContext> find_context(const char* type) = 0;
    virtual void context_made(const Ref<GstContext>& context) = 0;
    virtual void warn(const std::string& message) = 0;
    // Of a server elsewhere.
    virtual void report(const RemoteLink::Report& report) = 0;
  };

  static std::shared_ptr<WebRTCSrc> create(std::weak_ptr<Host> host);

  Settings settings() const;
  // Takes effect when the element next leaves NULL.
  void change(const std::function<void(Settings&)>& edit);

  // What feeds a new pad of a slot. Video before audio, for each slot once.
  std::shared_ptr<Decoding> add_pad(MediaKind kind, const std::string& name, unsigned slot);
  void remove_pads(unsigned first_slot);
  // A pad was linked, or its peer wants something else: asks the host, and tells the stream.
  void update_inputs();
  // What a pad is linked with has failed: a disk is full. Publishers are told.
  void fail_pipeline();

  // NULL → READY. Throws Error, as open_server() does.
  void open();
  // READY → PAUSED. Throws Error(kNameTaken).
  void publish();
  void play(const Ref<GstClock>& clock);
  void pause();
  void unpublish();
  void close();

  // The URI as set, with the real port while open.
  std::string uri() const;
  std::string fingerprint() const;        // while open, of the server's certificate
  bool tell_open() const;                 // while open, see Server
  std::vector<std::string> urls() const;  // while open: what a publisher types
  unsigned publishers() const;
  std::vector<std::string> sessions() const;
  // From publish() to unpublish(); else null.
  std::shared_ptr<InputStream> stream() const;
  Owned<GstStructure> statistics() const;

 private:
  class Pad;

  explicit WebRTCSrc(std::weak_ptr<Host> host);

  RemoteEndpoint::Tell reporter() const;

  void on_session_created(const std::string& session, GstElement* webrtcbin) override;
  void on_session_closing(const std::string& session, GstElement* webrtcbin) override;
  void on_message(const std::string& session, const std::string& json) override;
  void on_sessions_changed(unsigned publishers) override;
  void on_slot_wanted(unsigned slot) override;
  void on_waiting(unsigned seconds) override;
  void on_idle() override;
  void on_warning(const std::string& message) override;

  template <typename Call>
  void tell_host(Call call) const;
  std::vector<std::shared_ptr<Pad>> pads() const;
  std::vector<const Codec*> codecs_for(MediaKind kind) const;
  void ask_downstream();

  const std::weak_ptr<Host> host_;
  const std::shared_ptr<SerialQueue> notifications_;  // the server thread waits for no application
  const std::shared_ptr<SerialQueue> negotiation_;    // nor for its caps queries

  mutable std::mutex mutex_;
  Settings settings_;                       // guarded by mutex_
  std::vector<std::shared_ptr<Pad>> pads_;  // guarded by mutex_
  // From open() to close() the one or the other.
  std::shared_ptr<RemoteEndpoint> remote_;  // guarded by mutex_
  std::shared_ptr<Server> server_;          // guarded by mutex_
  std::shared_ptr<InputStream> stream_;     // guarded by mutex_; from publish() to unpublish()
  StreamUri uri_;                           // guarded by mutex_; parsed by open()
  Ref<GstClock> clock_;                     // guarded by mutex_
};

// The codecs that names like "VP8" stand for; all that can be received where there are none. Throws
// Error(kFailed) for a name that stands for none of `kind`.
std::vector<const Codec*> codecs_named(const std::vector<std::string>& names, MediaKind kind);

}  // namespace webrtcserver
