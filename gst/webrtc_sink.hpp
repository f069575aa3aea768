// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtc_sink.hpp — what webrtcsink does: opens a server, publishes a stream, and feeds it from its
// pads. Methods may be called from any thread; the GObject around it (webrtc_sink_element.cpp) is
// only their door. Lock order: none is ever held while another is taken, and none while calling
// out, save restart_mutex_.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "base/serial_queue.hpp"
#include "codec/encoding_set.hpp"
#include "control_changes.hpp"
#include "frame_metadata.hpp"
#include "frame_sink.hpp"
#include "property_controls.hpp"
#include "remote_endpoint.hpp"
#include "run_control.hpp"
#include "server/server.hpp"
#include "server_properties.hpp"

namespace webrtcserver {

class WebRTCSink : public std::enable_shared_from_this<WebRTCSink>,
                   public Stream::Observer,
                   private RunControl::Host {
 public:
  struct Settings : ServerSettings {
    Settings() { uri = "webrtc://@:8554/output"; }

    Ref<GstCaps> video_caps;  // null: every codec there is an encoder for
    Ref<GstCaps> audio_caps;
    std::string video_encoder;           // elements, the best first; empty: the catalogue's
    unsigned start_bitrate = 2'500'000;  // bit/s
    unsigned max_viewers = 256;
    std::shared_ptr<const GstStructure> meta;  // may be null
    std::string controls;                      // property_controls.hpp
    Ref<GObject> remote_controls;              // see ControlStore::of(); may be null
    ControlPolicy control_policy = ControlPolicy::kAll;
    RunSettings run;
    unsigned frame_metadata = 0;  // FrameMetadataSource
    bool navigation = false;      // browsers' events go upstream
  };

  // What the element makes of it: signals and messages. Held weakly by this class.
  class Host {
   public:
    virtual ~Host() = default;

    virtual void session_created(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void session_closing(const std::string& session, GstElement* webrtcbin) = 0;
    virtual void message_received(const std::string& session, const std::string& json) = 0;
    // On a thread where the application may take its time.
    virtual void viewers_changed() = 0;
    // Likewise.
    virtual void control_changed(const std::string& name, const ControlValue& value) = 0;
    virtual void encoder_created(const std::string& session, const std::string& pad,
                                 GstElement* encoder) = 0;
    virtual void payloader_created(const std::string& session, const std::string& pad,
                                   GstElement* payloader) = 0;
    // A context (of a GPU, say) of the pipeline that the element is in; null: there is none. And
    // one that others there should share. On a thread of a private pipeline.
    virtual Ref<GstContext> find_context(const char* type) = 0;
    virtual void context_made(const Ref<GstContext>& context) = 0;
    virtual void warn(const std::string& message) = 0;
    // Of a server elsewhere.
    virtual void report(const RemoteLink::Report& report) = 0;
    virtual void fail(const Error& error) = 0;
    // See RunControl::Host.
    virtual bool run_requested(bool run) = 0;
    virtual void request_state(GstState state) = 0;
    // Out of the pad, to what is before it.
    virtual void push_upstream(const std::string& pad, const Ref<GstEvent>& event) = 0;
    // The outermost bin that the element is in, and its elements with it; null: none.
    virtual Ref<GstBin> pipeline() = 0;
  };

  static std::shared_ptr<WebRTCSink> create(std::weak_ptr<Host> host);

  Settings settings() const;
  // Takes effect when the element next leaves NULL, except for `start_bitrate`, which running
  // encoders follow, and `run`.
  void change(const std::function<void(Settings&)>& edit);

  // A new pad's sink element, to be put into the bin.
  Ref<GstElement> add_pad(MediaKind kind, const std::string& name);
  void remove_pad(const std::string& name);

  // NULL → READY. Throws Error: an invalid URI, a port in use, unreadable TLS files, settings that
  // contradict the running server's.
  void open();
  // READY → PAUSED. Throws Error(kNameTaken), or what PropertyControls does.
  void publish();
  // PAUSED → PLAYING, before and after the pads do it.
  void play(const Ref<GstClock>& clock, GstClockTime base_time);
  void played();
  void pause();
  void unpublish();
  void close();

  // The URI as set, with the real port while open.
  std::string uri() const;
  std::string fingerprint() const;        // while open, of the server's certificate
  bool tell_open() const;                 // while open, see Server
  std::vector<std::string> urls() const;  // while open: what a viewer types
  unsigned viewers() const;
  std::vector<std::string> sessions() const;
  // From publish() to unpublish(); else null.
  std::shared_ptr<OutputStream> stream() const;
  Owned<GstStructure> statistics() const;
  void request_key_frame() const;
  // Throws Error: there is no such pad for pictures, or what FrameMetadata::tell() throws.
  void tell_frame(const std::string& pad, GstClockTime pts, const std::string& json) const;

 private:
  class Pad;

  explicit WebRTCSink(std::weak_ptr<Host> host);

  RemoteEndpoint::Tell reporter() const;

  void on_session_created(const std::string& session, GstElement* webrtcbin) override;
  void on_session_closing(const std::string& session, GstElement* webrtcbin) override;
  void on_message(const std::string& session, const std::string& json) override;
  void on_sessions_changed(unsigned viewers) override;
  void on_control_changed(const std::string& name, const ControlValue& value) override;
  void on_warning(const std::string& message) override;

  bool run_requested(bool run) override;
  void request_state(GstState state) override;
  void suspend_encoders(bool suspend) override;

  bool encoders_suspended() const;
  void add_stream(bool running);
  void set_clock(const Ref<GstClock>& clock);
  std::vector<std::shared_ptr<Pad>> pads() const;
  // As `controls` has them; null for none. Throws what PropertyControls does.
  std::shared_ptr<PropertyControls> find_controls() const;
  void update_media();
  // On a thread where the pipeline may take its time.
  void navigate(NavigationEvent event) const;
  void remove(const char* message);
  void pad_ended();
  bool pad_restarted();

  const std::weak_ptr<Host> host_;
  const std::shared_ptr<SerialQueue> notifications_;  // the server thread waits for no application
  // Nor does anything else wait for handlers of `control-changed`.
  const std::shared_ptr<SerialQueue> control_queue_ =
      SerialQueue::create(SerialQueue::Pool::kApplication);
  const std::shared_ptr<ControlChanges> control_changes_ = std::make_shared<ControlChanges>();

  std::shared_ptr<RunControl> run_;  // set once, by create()

  // Of pads that come back together the first adds the stream. Ahead of every other lock, and only
  // of streaming threads, which may wait for each other there.
  std::mutex restart_mutex_;
  mutable std::mutex mutex_;
  Settings settings_;                                 // guarded by mutex_
  std::map<std::string, std::shared_ptr<Pad>> pads_;  // guarded by mutex_
  // From open() to close() the one or the other.
  std::shared_ptr<RemoteEndpoint> remote_;      // guarded by mutex_
  std::shared_ptr<Server> server_;              // guarded by mutex_
  std::shared_ptr<OutputStream> stream_;        // guarded by mutex_; from publish() to unpublish()
  std::shared_ptr<PropertyControls> controls_;  // guarded by mutex_; from publish() to unpublish()
  StreamUri uri_;                               // guarded by mutex_; parsed by open()
  Ref<GstClock> clock_;                         // guarded by mutex_
  bool encoders_suspended_ = false;             // guarded by mutex_; set ahead of the pads'
};

// The codecs that `caps` names ("video/x-h264; video/x-vp8"), in its order. Throws Error(kFailed)
// for caps that name none of `kind`. Null: none named.
std::vector<const Codec*> codecs_of(const Ref<GstCaps>& caps, MediaKind kind);

}  // namespace webrtcserver
