// SPDX-License-Identifier: LGPL-2.1-or-later
// An RTSP server of our own: rtsp://@:8554/path. Optional when the library is built.
#include "video/targets.hpp"

#include "base/error.hpp"

#ifdef WEBRTCSERVER_RTSP_SERVER

#include <gst/app/gstappsrc.h>
#include <gst/rtsp-server/rtsp-server.h>

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/guard.hpp"
#include "base/loop_thread.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())

namespace webrtcserver {

namespace {

constexpr int kDefaultPort = 8554;
constexpr guint kMaxSessions = 64;
constexpr guint64 kMaxFrames = 250;     // that wait for a client
constexpr guint kCleaningInterval = 5;  // seconds

class RtspTarget final : public Target, public std::enable_shared_from_this<RtspTarget> {
 public:
  RtspTarget(Location location, const OutputFormat& format, bool wait,
             std::weak_ptr<Listener> listener)
      : location_(std::move(location)),
        format_(format),
        wait_(wait),
        listener_(std::move(listener)),
        clock_(Ref<GstClock>::adopt(gst_system_clock_obtain())) {}
  ~RtspTarget() override { close(); }

  const Location& location() const override { return location_; }
  const OutputFormat& format() const override { return format_; }

  void open() override;
  void begin(const OutputCodec* codec) override;
  void push(const VideoFrame& frame) override;
  void finish() override;
  void give_up(const std::string& message) override;
  void stop() override { close(); }
  std::string uri() const override;
  Numbers numbers() const override { return {frames_, dropped_, bytes_}; }
  Ref<GstElement> element() const override { return nullptr; }

 private:
  // What one pipeline of the server's is fed with: one for all clients.
  struct Feed {
    Ref<GstElement> input;
    bool needs_key_frame = true;  // the pushing thread's
    bool asked = false;           // likewise: for that key frame
  };

  void close();
  void end_feeds();
  Ref<GstRTSPServer> server() const;
  bool wait_until(GstClockTime time);
  void configure(GstRTSPMedia* media);
  void forget(GstElement* input);

  const Location location_;
  const OutputFormat& format_;
  const bool wait_;
  const std::weak_ptr<Listener> listener_;
  const Ref<GstClock> clock_;
  std::unique_ptr<LoopThread> thread_;  // from open() to close()
  GSource* source_ = nullptr;           // likewise
  const OutputCodec* codec_ = nullptr;
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> frames_{0};
  std::atomic<std::uint64_t> dropped_{0};
  std::atomic<std::uint64_t> bytes_{0};

  mutable std::mutex mutex_;
  Ref<GstRTSPServer> server_;                 // guarded by mutex_; from open() to close()
  std::vector<std::shared_ptr<Feed>> feeds_;  // guarded by mutex_
  Ref<GstCaps> caps_;                         // guarded by mutex_
  GstClockID pause_ = nullptr;                // guarded by mutex_
};

bool is_playing(GstElement* element) {
  GST_OBJECT_LOCK(element);
  const bool playing = GST_STATE(element) == GST_STATE_PLAYING;
  GST_OBJECT_UNLOCK(element);
  return playing;
}

// A client that is gone leaves its session behind, and there is room for so many only. Where it
// says no farewell, the end of its connection is its session's; where there is none either, a cable
// that was pulled, the session's own time ends it, once somebody looks.
void end_session_with(GstRTSPClient* client, GstRTSPSession* session, gpointer /*data*/) {
  g_signal_connect_data(
      client, "closed", G_CALLBACK(+[](GstRTSPClient* closed, gpointer data) {
        const auto pool = Ref<GstRTSPSessionPool>::adopt(gst_rtsp_client_get_session_pool(closed));
        if (pool) gst_rtsp_session_pool_remove(pool.get(), static_cast<GstRTSPSession*>(data));
      }),
      g_object_ref(session), [](gpointer data, GClosure* /*closure*/) { g_object_unref(data); },
      static_cast<GConnectFlags>(0));
}

void watch_client(GstRTSPServer* /*server*/, GstRTSPClient* client, gpointer /*data*/) {
  g_signal_connect(client, "new-session", G_CALLBACK(end_session_with), nullptr);
}

// On the thread of `context`, until it ends.
void clean_regularly(const Ref<GstRTSPSessionPool>& pool, GMainContext* context) {
  GSource* timer = g_timeout_source_new_seconds(kCleaningInterval);
  g_source_set_callback(
      timer,
      [](gpointer data) -> gboolean {
        gst_rtsp_session_pool_cleanup(static_cast<GstRTSPSessionPool*>(data));
        return G_SOURCE_CONTINUE;
      },
      g_object_ref(pool.get()), g_object_unref);
  g_source_attach(timer, context);
  g_source_unref(timer);
}

std::string mount_of(const Location& location) {
  return location.path.empty() ? "/output" : "/" + location.path;
}

void RtspTarget::open() {
  auto server = Ref<GstRTSPServer>::adopt(gst_rtsp_server_new());
  const bool every = location_.host.empty() || location_.host == "@";
  gst_rtsp_server_set_address(server.get(), every ? "0.0.0.0" : location_.host.c_str());
  const int port = location_.port == 0 && !location_.any_port ? kDefaultPort : location_.port;
  gst_rtsp_server_set_service(server.get(), std::to_string(port).c_str());
  const auto pool = Ref<GstRTSPSessionPool>::adopt(gst_rtsp_server_get_session_pool(server.get()));
  gst_rtsp_session_pool_set_max_sessions(pool.get(), kMaxSessions);
  g_signal_connect(server.get(), "client-connected", G_CALLBACK(watch_client), nullptr);

  GError* error = nullptr;
  source_ = gst_rtsp_server_create_source(server.get(), nullptr, &error);
  const Owned<GError> owned(error);
  if (!source_) {
    throw Error(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
                    ? ErrorCode::kAddressInUse
                    : ErrorCode::kAddressUnavailable,
                name_of(location_) + " cannot be served at port " + std::to_string(port) + ": " +
                    (owned ? owned->message : "no reason is known") + ".");
  }
  thread_ = std::make_unique<LoopThread>("rtsp-server");
  g_source_attach(source_, thread_->context());
  clean_regularly(pool, thread_->context());
  const std::scoped_lock lock(mutex_);
  server_ = std::move(server);
}

void RtspTarget::begin(const OutputCodec* codec) {
  if (codec_ == codec) return;
  if (codec_) {
    throw Error(ErrorCode::kNoCommonCodec, name_of(location_) + " has begun with " + codec_->name +
                                               " and cannot go on with " + codec->name + ".");
  }
  codec_ = codec;
  std::string launch = "( appsrc name=source format=time is-live=true do-timestamp=true ";
  if (codec->parser) launch += std::string("! ") + codec->parser + " ";
  launch += std::string("! ") + codec->payloader + " name=pay0 pt=96 )";
  GstRTSPMediaFactory* factory = gst_rtsp_media_factory_new();
  gst_rtsp_media_factory_set_launch(factory, launch.c_str());
  gst_rtsp_media_factory_set_shared(factory, TRUE);
  auto* weak = new std::weak_ptr<RtspTarget>(weak_from_this());
  g_signal_connect_data(
      factory, "media-configure",
      G_CALLBACK(+[](GstRTSPMediaFactory* /*factory*/, GstRTSPMedia* media, gpointer data) {
        guard("an RTSP client", [&] {
          if (const auto self = static_cast<std::weak_ptr<RtspTarget>*>(data)->lock())
            self->configure(media);
        });
      }),
      weak,
      [](gpointer data, GClosure* /*closure*/) {
        delete static_cast<std::weak_ptr<RtspTarget>*>(data);
      },
      static_cast<GConnectFlags>(0));
  const auto server = this->server();
  if (!server) return;
  const auto mounts =
      Ref<GstRTSPMountPoints>::adopt(gst_rtsp_server_get_mount_points(server.get()));
  gst_rtsp_mount_points_add_factory(mounts.get(), mount_of(location_).c_str(), factory);
}

void RtspTarget::configure(GstRTSPMedia* media) {
  const auto bin = Ref<GstElement>::adopt(gst_rtsp_media_get_element(media));
  auto feed = std::make_shared<Feed>();
  feed->input =
      Ref<GstElement>::adopt(gst_bin_get_by_name_recurse_up(GST_BIN(bin.get()), "source"));
  {
    const std::scoped_lock lock(mutex_);
    if (caps_) gst_app_src_set_caps(GST_APP_SRC(feed->input.get()), caps_.get());
    feeds_.push_back(feed);
  }
  struct Gone {
    std::weak_ptr<RtspTarget> target;
    Ref<GstElement> input;
  };
  g_signal_connect_data(
      media, "unprepared", G_CALLBACK(+[](GstRTSPMedia* /*media*/, gpointer data) {
        guard("the end of an RTSP media", [&] {
          auto* gone = static_cast<Gone*>(data);
          if (const auto self = gone->target.lock()) self->forget(gone->input.get());
        });
      }),
      new Gone{weak_from_this(), feed->input},
      [](gpointer data, GClosure* /*closure*/) { delete static_cast<Gone*>(data); },
      static_cast<GConnectFlags>(0));
}

void RtspTarget::forget(GstElement* input) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(feeds_, [input](const auto& feed) { return feed->input.get() == input; });
}

// Nothing here waits for the clock by itself where frames come faster.
bool RtspTarget::wait_until(GstClockTime time) {
  GstClockID id = gst_clock_new_single_shot_id(clock_.get(), time);
  {
    const std::scoped_lock lock(mutex_);
    if (ended_) {
      gst_clock_id_unref(id);
      return false;
    }
    pause_ = id;
  }
  const GstClockReturn result = gst_clock_id_wait(id, nullptr);
  {
    const std::scoped_lock lock(mutex_);
    pause_ = nullptr;
  }
  gst_clock_id_unref(id);
  return result != GST_CLOCK_UNSCHEDULED;
}

void RtspTarget::push(const VideoFrame& frame) {
  if (ended_) return;
  if (wait_ && GST_BUFFER_PTS_IS_VALID(frame.buffer.get()) &&
      !wait_until(GST_BUFFER_PTS(frame.buffer.get())))
    return;
  std::vector<std::shared_ptr<Feed>> feeds;
  bool new_caps = false;
  {
    const std::scoped_lock lock(mutex_);
    new_caps = !(caps_ == frame.caps);
    caps_ = frame.caps;
    feeds = feeds_;
  }
  ++frames_;
  const bool key = !GST_BUFFER_FLAG_IS_SET(frame.buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  for (const auto& feed : feeds) {
    auto* input = GST_APP_SRC(feed->input.get());
    if (new_caps) gst_app_src_set_caps(input, frame.caps.get());
    // A pipeline that does not play yet has no time to give to a frame: it would be shown in days.
    if (!is_playing(feed->input.get())) {
      feed->needs_key_frame = true;
      continue;
    }
    const bool full = gst_app_src_get_current_level_buffers(input) > kMaxFrames;
    if (full || (feed->needs_key_frame && !key)) {
      feed->needs_key_frame = true;
      ++dropped_;
      if (!std::exchange(feed->asked, true)) {
        if (const auto listener = listener_.lock()) listener->on_key_frame_wanted(*this);
      }
      continue;
    }
    feed->needs_key_frame = false;
    feed->asked = false;
    GstBuffer* copy = gst_buffer_copy(frame.buffer.get());  // memory is shared
    GST_BUFFER_PTS(copy) = GST_CLOCK_TIME_NONE;             // each client's pipeline has its own
    GST_BUFFER_DTS(copy) = GST_CLOCK_TIME_NONE;
    bytes_ += gst_buffer_get_size(copy);
    gst_app_src_push_buffer(input, copy);
  }
}

void RtspTarget::end_feeds() {
  if (ended_.exchange(true)) return;
  std::vector<std::shared_ptr<Feed>> feeds;
  {
    const std::scoped_lock lock(mutex_);
    if (pause_) gst_clock_id_unschedule(pause_);
    feeds = feeds_;
  }
  for (const auto& feed : feeds) gst_app_src_end_of_stream(GST_APP_SRC(feed->input.get()));
}

void RtspTarget::finish() {
  end_feeds();
  if (const auto listener = listener_.lock()) listener->on_target_ended(*this);
}

void RtspTarget::give_up(const std::string& message) {
  end_feeds();
  if (const auto listener = listener_.lock()) listener->on_target_failed(*this, message);
}

void RtspTarget::close() {
  ended_ = true;
  Ref<GstRTSPServer> server;
  {
    const std::scoped_lock lock(mutex_);
    if (pause_) gst_clock_id_unschedule(pause_);
    std::swap(server, server_);
  }
  if (!server) return;
  const auto mounts =
      Ref<GstRTSPMountPoints>::adopt(gst_rtsp_server_get_mount_points(server.get()));
  gst_rtsp_mount_points_remove_factory(mounts.get(), mount_of(location_).c_str());
  g_source_destroy(source_);
  g_source_unref(source_);
  GList* removed = gst_rtsp_server_client_filter(
      server.get(),
      [](GstRTSPServer* /*server*/, GstRTSPClient* /*client*/, gpointer /*data*/) {
        return GST_RTSP_FILTER_REMOVE;
      },
      nullptr);
  g_list_free_full(removed, g_object_unref);
  thread_.reset();
}

Ref<GstRTSPServer> RtspTarget::server() const {
  const std::scoped_lock lock(mutex_);
  return server_;
}

std::string RtspTarget::uri() const {
  const auto server = this->server();
  if (!server) return location_.text;
  const std::string host = location_.host.empty() ? "@" : location_.host;
  return "rtsp://" + host + ":" + std::to_string(gst_rtsp_server_get_bound_port(server.get())) +
         mount_of(location_);
}

}  // namespace

void check_rtsp_target(const Location& /*location*/) {}

std::shared_ptr<Target> make_rtsp_target(const TargetRequest& request) {
  return std::make_shared<RtspTarget>(request.location, *request.format, request.wait,
                                      request.listener);
}

}  // namespace webrtcserver

#else

namespace webrtcserver {

void check_rtsp_target(const Location& location) {
  throw Error(
      ErrorCode::kInvalidUri,
      name_of(location) + " cannot be served: this library was built without gst-rtsp-server.");
}

std::shared_ptr<Target> make_rtsp_target(const TargetRequest& request) {
  check_rtsp_target(request.location);
  return nullptr;
}

}  // namespace webrtcserver

#endif
