// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_sink.hpp"

#include <algorithm>

#include "base/structure_json.hpp"
#include "navigation_events.hpp"
#include "server/control_store.hpp"
#include "server/statistics.hpp"
#include "server/viewer.hpp"
#include "webrtc_sink_pad.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

std::vector<const Codec*> codecs_of(const Ref<GstCaps>& caps, MediaKind kind) {
  std::vector<const Codec*> named;
  if (!caps || gst_caps_is_any(caps.get())) return named;
  for (guint i = 0; i < gst_caps_get_size(caps.get()); ++i) {
    const auto single = Ref<GstCaps>::adopt(gst_caps_copy_nth(caps.get(), i));
    const Codec* codec = codec_of_caps(single.get());
    if (codec && codec->kind == kind) named.push_back(codec);
  }
  if (named.empty()) {
    throw Error(ErrorCode::kFailed,
                std::string(to_string(kind)) + "-caps names no codec that can be offered: \"" +
                    take_string(gst_caps_to_string(caps.get())) +
                    "\"; write for example \"video/x-h264; video/x-vp8\" or \"audio/x-opus\".");
  }
  return named;
}

std::shared_ptr<WebRTCSink> WebRTCSink::create(std::weak_ptr<Host> host) {
  std::shared_ptr<WebRTCSink> sink(new WebRTCSink(std::move(host)));  // NOLINT: private
  sink->run_ = std::make_shared<RunControl>(server_thread(),
                                            std::shared_ptr<RunControl::Host>(sink, sink.get()));
  return sink;
}

WebRTCSink::WebRTCSink(std::weak_ptr<Host> host)
    : host_(std::move(host)), notifications_(SerialQueue::create()) {}

WebRTCSink::Settings WebRTCSink::settings() const {
  const std::scoped_lock lock(mutex_);
  return settings_;
}

void WebRTCSink::change(const std::function<void(Settings&)>& edit) {
  unsigned bitrate = 0;
  RunSettings before;
  RunSettings run;
  {
    const std::scoped_lock lock(mutex_);
    before = settings_.run;
    edit(settings_);
    run = settings_.run;
    bitrate = settings_.start_bitrate;
  }
  const auto target = stream();
  if (target && !target->settings().remote && !(run == before))
    target->loop().post([target, run] { target->set_run(run); });
  for (const auto& pad : pads()) pad->encodings()->set_bitrate(bitrate);
}

std::shared_ptr<OutputStream> WebRTCSink::stream() const {
  const std::scoped_lock lock(mutex_);
  return stream_;
}

std::vector<std::shared_ptr<WebRTCSink::Pad>> WebRTCSink::pads() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Pad>> copies;
  for (const auto& [name, pad] : pads_) copies.push_back(pad);
  // Audio first: viewers' m-lines are in this order, and a Firefox that rejects the first connects
  // none of them. Every browser has Opus.
  std::stable_partition(copies.begin(), copies.end(), [](const auto& pad) {
    return pad->encodings()->kind() == MediaKind::kAudio;
  });
  return copies;
}

namespace {

void apply_suspension(EncodingSet& encodings, bool suspend) {
  if (suspend) {
    encodings.suspend();
  } else {
    encodings.resume();
  }
}

}  // namespace

Ref<GstElement> WebRTCSink::add_pad(MediaKind kind, const std::string& name) {
  const Settings now = settings();
  EncodingSet::Settings encoding;
  encoding.name = name;
  encoding.kind = kind;
  encoding.codecs = codecs_of(kind == MediaKind::kVideo ? now.video_caps : now.audio_caps, kind);
  encoding.bitrate = now.start_bitrate;
  if (kind == MediaKind::kVideo) encoding.encoders = now.video_encoder;
  const auto codecs = encoding.codecs;
  auto pad = std::make_shared<Pad>(weak_from_this(), name);
  pad->set_encodings(EncodingSet::create(std::move(encoding), pad));
  pad->metadata().set_sources(now.frame_metadata);
  auto element = create_frame_sink("frames-" + name, pad->encodings(), run_->gate(), codecs, pad);
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    pads_.emplace(name, pad);
    clock = clock_;
  }
  if (clock) pad->encodings()->set_clock(clock);
  // They may be suspended or resumed before this pad is known, or while it follows.
  for (bool done = false; done != encoders_suspended(); done = !done)
    apply_suspension(*pad->encodings(), !done);
  update_media();
  return element;
}

void WebRTCSink::remove_pad(const std::string& name) {
  {
    const std::scoped_lock lock(mutex_);
    pads_.erase(name);
  }
  update_media();
}

void WebRTCSink::update_media() {
  const auto target = stream();
  if (!target) return;
  std::vector<std::shared_ptr<EncodingSet>> media;
  for (const auto& pad : pads()) {
    // RFC 9725, section 4.4: a WHIP server takes one of each kind.
    if (target->settings().remote &&
        std::any_of(media.begin(), media.end(),
                    [&](const auto& other) { return other->kind() == pad->encodings()->kind(); })) {
      if (const auto host = host_.lock()) {
        host->warn("A WHIP server takes one picture and one sound; " + pad->name() +
                   " is not sent.");
      }
      continue;
    }
    media.push_back(pad->encodings());
  }
  target->loop().post(
      [target, media = std::move(media)]() mutable { target->set_media(std::move(media)); });
}

void WebRTCSink::open() {
  const Settings now = settings();
  if (now.endpoint) {
    if (now.run.policy != RunPolicy::kAlways) {
      throw Error(ErrorCode::kFailed,
                  std::string("run-policy=") + to_string(now.run.policy) +
                      " needs viewers of our own, and a server elsewhere does not tell of its; "
                      "leave it at always.");
    }
    auto remote = std::make_shared<RemoteEndpoint>(now);
    const std::scoped_lock lock(mutex_);
    remote_ = std::move(remote);
    return;
  }
  auto opened = open_server(now);
  const StreamUri uri = StreamUri::parse(now.uri);
  const std::scoped_lock lock(mutex_);
  server_ = std::move(opened);
  uri_ = uri;
  uri_.endpoint.port = server_->port();
}

namespace {

void check_names(const std::set<std::string>& of_elements, const ControlStore& of_application) {
  for (const Control& control : of_application.controls()) {
    if (of_elements.count(control.spec.name) == 0) continue;
    throw Error(ErrorCode::kNameTaken, "controls: \"" + control.spec.name +
                                           "\" is a control of remote-controls too; give one of "
                                           "them another name.");
  }
}

}  // namespace

void WebRTCSink::publish() {
  const bool running = settings().run.policy == RunPolicy::kAlways;
  run_->begin(running);
  add_stream(running);
}

void WebRTCSink::add_stream(bool running) {
  std::shared_ptr<Server> server;
  std::shared_ptr<RemoteEndpoint> remote;
  std::shared_ptr<ControlStore> store;
  OutputStream::Settings settings;
  unsigned frame_metadata = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (stream_ || (!server_ && !remote_)) return;
    server = server_;
    remote = remote_;
    settings.name = uri_.stream;
    settings.max_sessions = settings_.max_viewers;
    settings.retransmission = settings_.retransmission;
    settings.ice = server ? server->ice() : settings_.ice;
    settings.control_policy = settings_.control_policy;
    settings.run = settings_.run;
    settings.run.begins_running = running;
    if (settings_.meta) settings.meta = to_json(settings_.meta.get());
    store = ControlStore::of(settings_.remote_controls.get());
    frame_metadata = settings_.frame_metadata;
    settings.lossy_channel = frame_metadata != 0;
    if (settings_.navigation && server_) {
      settings.lossy_channel = true;  // for moves
      settings.navigate = [weak = weak_from_this()](const NavigationEvent& event) {
        if (const auto self = weak.lock()) self->navigate(event);
      };
    }
  }
  auto controls = find_controls();
  if (controls && store) check_names(controls->names(), *store);
  for (const auto& pad : pads()) {
    pad->reset();
    pad->metadata().set_sources(frame_metadata);
  }
  const auto observer = std::static_pointer_cast<Stream::Observer>(shared_from_this());
  auto added = remote ? remote->add(std::move(settings), observer, reporter())
                      : server->add(std::move(settings), observer);
  added->loop().call([&] {
    if (controls) controls->join(added->controls());
    if (store) {
      store->join(added->controls(), controls ? controls->names() : std::set<std::string>(),
                  added->loop());
    }
    added->run()->set_apply(
        [run = run_](bool wanted, const RunState::Done& done) { run->apply(wanted, done); });
  });
  {
    const std::scoped_lock lock(mutex_);
    stream_ = std::move(added);
    controls_ = std::move(controls);
  }
  update_media();
}

std::shared_ptr<PropertyControls> WebRTCSink::find_controls() const {
  const std::string text = settings().controls;
  const auto host = host_.lock();
  if (text.empty() || !host) return nullptr;
  const auto pipeline = host->pipeline();
  if (!pipeline) {
    throw Error(ErrorCode::kFailed,
                "controls: the element is in no pipeline, where the others would be found.");
  }
  return PropertyControls::create(text, pipeline.get(), server_thread());
}

void WebRTCSink::navigate(NavigationEvent event) const {
  unsigned track = 0;
  for (const auto& pad : pads()) {
    const auto caps = pad->encodings()->caps();
    if (pad->encodings()->kind() != MediaKind::kVideo || !caps || track++ != event.track) continue;
    const GstStructure* format = gst_caps_get_structure(caps.get(), 0);
    int width = 0;
    int height = 0;
    if (gst_structure_get_int(format, "width", &width) &&
        gst_structure_get_int(format, "height", &height)) {
      fit_into(event, width, height);
    }
    if (const auto host = host_.lock())
      host->push_upstream(pad->name(), make_navigation_event(event));
    return;
  }
}

RemoteEndpoint::Tell WebRTCSink::reporter() const {
  return [host = host_, queue = notifications_](const RemoteLink::Report& report) {
    queue->post([host, report] {
      if (const auto target = host.lock()) target->report(report);
    });
  };
}

void WebRTCSink::play(const Ref<GstClock>& clock, GstClockTime base_time) {
  run_->play(clock, base_time);
  set_clock(clock);
}

void WebRTCSink::played() {
  run_->played();
}

void WebRTCSink::set_clock(const Ref<GstClock>& clock) {
  std::shared_ptr<OutputStream> target;
  std::shared_ptr<RemoteEndpoint> remote;
  {
    const std::scoped_lock lock(mutex_);
    clock_ = clock;
    target = stream_;
    remote = remote_;
  }
  for (const auto& pad : pads()) pad->encodings()->set_clock(clock);
  if (!target) return;
  target->loop().post([target, clock] {
    target->set_clock(clock);
    target->set_paused(false);
  });
  if (remote) remote->start();
}

void WebRTCSink::pause() {
  run_->pause();
  if (const auto target = stream()) target->loop().post([target] { target->set_paused(true); });
}

void WebRTCSink::remove(const char* message) {
  std::shared_ptr<Server> server;
  std::shared_ptr<RemoteEndpoint> remote;
  std::shared_ptr<OutputStream> old;
  std::shared_ptr<PropertyControls> controls;
  {
    const std::scoped_lock lock(mutex_);
    server = server_;
    remote = remote_;
    old = std::move(stream_);
    controls = std::move(controls_);
  }
  if (!old) return;
  if (remote) {
    remote->remove("ended", message);
  } else {
    server->remove(old, "ended", message);
  }
  run_->end();
}

void WebRTCSink::unpublish() {
  remove("The stream ended.");
  for (const auto& pad : pads()) pad->encodings()->end();
}

void WebRTCSink::close() {
  std::shared_ptr<Server> old;
  std::shared_ptr<RemoteEndpoint> remote;
  {
    const std::scoped_lock lock(mutex_);
    old = std::move(server_);
    remote = std::move(remote_);
    clock_.reset();
  }
}

void WebRTCSink::pad_ended() {
  const auto all = pads();
  if (!std::all_of(all.begin(), all.end(), [](const auto& pad) { return pad->ended(); })) return;
  remove("The stream came to its end.");
}

bool WebRTCSink::pad_restarted() {
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    clock = clock_;
  }
  try {
    const std::scoped_lock lock(restart_mutex_);
    run_->resume();
    add_stream(!run_->is_stopped());
  } catch (const Error& error) {  // another stream has taken the name meanwhile
    if (const auto host = host_.lock()) host->fail(error);
    return false;
  }
  set_clock(clock);
  return true;
}

std::string WebRTCSink::uri() const {
  const std::scoped_lock lock(mutex_);
  return server_ ? uri_.text() : settings_.uri;
}

std::string WebRTCSink::fingerprint() const {
  std::shared_ptr<Server> server;
  {
    const std::scoped_lock lock(mutex_);
    server = server_;
  }
  return server ? server->fingerprint() : "";
}

bool WebRTCSink::tell_open() const {
  const std::scoped_lock lock(mutex_);
  return server_ && server_->tell_open();
}

std::vector<std::string> WebRTCSink::urls() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> urls;
  if (!server_) return urls;
  for (const std::string& url : server_->urls()) urls.push_back(url + uri_.stream);
  return urls;
}

unsigned WebRTCSink::viewers() const {
  const auto target = stream();
  return target ? target->loop().call([&] { return target->session_count(); }) : 0;
}

std::vector<std::string> WebRTCSink::sessions() const {
  std::vector<std::string> names;
  const auto target = stream();
  if (!target) return names;
  return target->loop().call([&] {
    for (const auto& session : target->sessions()) names.push_back(session->name());
    return names;
  });
}

Owned<GstStructure> WebRTCSink::statistics() const {
  const auto target = stream();
  if (target) return collect_statistics(target);
  return Owned<GstStructure>(
      gst_structure_new("application/x-webrtc-server-stats", "viewers", G_TYPE_UINT, 0U, nullptr));
}

void WebRTCSink::request_key_frame() const {
  for (const auto& pad : pads()) pad->encodings()->request_key_frame();
}

void WebRTCSink::tell_frame(const std::string& pad, GstClockTime pts,
                            const std::string& json) const {
  std::shared_ptr<Pad> target;
  bool runs = false;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = pads_.find(pad); found != pads_.end()) target = found->second;
    runs = stream_ != nullptr;
  }
  if (!runs) throw Error(ErrorCode::kClosed, "The stream is not running.");
  if (!target || target->encodings()->kind() != MediaKind::kVideo)
    throw Error(ErrorCode::kFailed, "There is no pad \"" + pad + "\" for pictures.");
  target->metadata().tell(pts, json);
}

void WebRTCSink::on_session_created(const std::string& session, GstElement* webrtcbin) {
  if (const auto host = host_.lock()) host->session_created(session, webrtcbin);
}

void WebRTCSink::on_session_closing(const std::string& session, GstElement* webrtcbin) {
  if (const auto host = host_.lock()) host->session_closing(session, webrtcbin);
}

void WebRTCSink::on_message(const std::string& session, const std::string& json) {
  if (const auto host = host_.lock()) host->message_received(session, json);
}

void WebRTCSink::on_sessions_changed(unsigned /*viewers*/) {
  notifications_->post([weak = host_] {
    if (const auto host = weak.lock()) host->viewers_changed();
  });
}

void WebRTCSink::on_control_changed(const std::string& name, const ControlValue& value) {
  if (!control_changes_->add(name, value)) return;
  control_queue_->post([weak = host_, changes = control_changes_] {
    const auto change = changes->take();
    const auto host = weak.lock();
    if (host && change) host->control_changed(change->first, change->second);
  });
}

void WebRTCSink::on_warning(const std::string& message) {
  if (const auto host = host_.lock()) host->warn(message);
}

bool WebRTCSink::run_requested(bool run) {
  const auto host = host_.lock();
  return host && host->run_requested(run);
}

void WebRTCSink::request_state(GstState state) {
  if (const auto host = host_.lock()) host->request_state(state);
}

bool WebRTCSink::encoders_suspended() const {
  const std::scoped_lock lock(mutex_);
  return encoders_suspended_;
}

void WebRTCSink::suspend_encoders(bool suspend) {
  {
    const std::scoped_lock lock(mutex_);
    encoders_suspended_ = suspend;
  }
  for (const auto& pad : pads()) apply_suspension(*pad->encodings(), suspend);
}

}  // namespace webrtcserver
