// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_src.hpp"

#include <algorithm>

#include "server/publisher.hpp"
#include "server/statistics.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::element())
#include "base/log.hpp"

namespace webrtcserver {

// One pad: what feeds it, and what that reports.
class WebRTCSrc::Pad final : public Decoding::Listener {
 public:
  Pad(std::weak_ptr<WebRTCSrc> owner, unsigned slot) : owner_(std::move(owner)), slot_(slot) {}

  void set_decoding(std::shared_ptr<Decoding> decoding) { decoding_ = std::move(decoding); }
  const std::shared_ptr<Decoding>& decoding() const { return decoding_; }
  unsigned slot() const { return slot_; }

 private:
  void on_bad_media(const std::string& message) override {
    const auto owner = owner_.lock();
    if (!owner) return;
    owner->on_warning(message);
    const auto stream = owner->stream();
    if (!stream) return;
    stream->loop().post([stream, decoding = decoding_, message] {
      stream->report_bad_media(decoding.get(), message);
    });
  }
  void on_decoder_replaced(const std::string& message) override {
    if (const auto owner = owner_.lock()) owner->on_warning(message);
  }

  // The element that waits needs the answer, and its message ends with this: nothing is posted.
  Ref<GstContext> find_context(const char* type) override {
    const auto owner = owner_.lock();
    const auto host = owner ? owner->host_.lock() : nullptr;
    return host ? host->find_context(type) : Ref<GstContext>();
  }
  void on_context_made(const Ref<GstContext>& context) override {
    const auto owner = owner_.lock();
    if (const auto host = owner ? owner->host_.lock() : nullptr) host->context_made(context);
  }

  const std::weak_ptr<WebRTCSrc> owner_;
  const unsigned slot_;
  std::shared_ptr<Decoding> decoding_;  // set once, before the pad is seen
};

std::vector<const Codec*> codecs_named(const std::vector<std::string>& names, MediaKind kind) {
  std::vector<const Codec*> named;
  for (const std::string& name : names) {
    const Codec* codec = find_codec(name);
    if (!codec || codec->kind != kind) {
      throw Error(ErrorCode::kFailed,
                  std::string(to_string(kind)) + "-codecs has \"" + name +
                      "\", which is none that can be received; write for example " +
                      (kind == MediaKind::kVideo ? "<H264, VP8>." : "<OPUS>."));
    }
    named.push_back(codec);
  }
  if (names.empty()) {
    for (const Codec& codec : codecs()) {
      if (codec.kind == kind) named.push_back(&codec);
    }
  }
  return named;
}

std::shared_ptr<WebRTCSrc> WebRTCSrc::create(std::weak_ptr<Host> host) {
  return std::shared_ptr<WebRTCSrc>(new WebRTCSrc(std::move(host)));  // NOLINT: private constructor
}

WebRTCSrc::WebRTCSrc(std::weak_ptr<Host> host)
    : host_(std::move(host)),
      notifications_(SerialQueue::create()),
      negotiation_(SerialQueue::create()) {}

WebRTCSrc::Settings WebRTCSrc::settings() const {
  const std::scoped_lock lock(mutex_);
  return settings_;
}

void WebRTCSrc::change(const std::function<void(Settings&)>& edit) {
  const std::scoped_lock lock(mutex_);
  edit(settings_);
}

std::shared_ptr<InputStream> WebRTCSrc::stream() const {
  const std::scoped_lock lock(mutex_);
  return stream_;
}

std::vector<std::shared_ptr<WebRTCSrc::Pad>> WebRTCSrc::pads() const {
  const std::scoped_lock lock(mutex_);
  return pads_;
}

std::vector<const Codec*> WebRTCSrc::codecs_for(MediaKind kind) const {
  const Settings now = settings();
  return codecs_named(kind == MediaKind::kVideo ? now.video_codecs : now.audio_codecs, kind);
}

std::shared_ptr<Decoding> WebRTCSrc::add_pad(MediaKind kind, const std::string& name,
                                             unsigned slot) {
  auto pad = std::make_shared<Pad>(weak_from_this(), slot);
  Decoding::Settings decoding;
  decoding.pad = name;
  decoding.kind = kind;
  if (const std::string named = settings().video_decoder;
      kind == MediaKind::kVideo && !named.empty())
    decoding.catalogue = decoding.catalogue->only(named);
  pad->set_decoding(Decoding::create(std::move(decoding), pad));
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    pads_.push_back(pad);
    clock = clock_;
  }
  if (clock) pad->decoding()->set_clock(clock);
  return pad->decoding();
}

void WebRTCSrc::remove_pads(unsigned first_slot) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(pads_, [first_slot](const auto& pad) { return pad->slot() >= first_slot; });
}

// ---- what downstream wants

void WebRTCSrc::update_inputs() {
  negotiation_->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->ask_downstream();
  });
}

void WebRTCSrc::fail_pipeline() {
  const auto target = stream();
  if (!target) return;
  target->loop().post([target] {
    target->fail(
        "The pipeline that your picture and sound go to has failed: whoever runs it finds "
        "the reason in its messages.");
  });
}

void WebRTCSrc::ask_downstream() {
  const auto host = host_.lock();
  const auto target = stream();
  if (!host || !target) return;
  std::map<unsigned, std::vector<InputStream::Input>> slots;
  for (const auto& pad : pads()) {
    const auto& decoding = pad->decoding();
    decoding->set_wanted(host->wanted_by(decoding->name()));
    slots[pad->slot()].push_back({decoding, decoding->formats(codecs_for(decoding->kind()))});
  }
  for (auto& [slot, inputs] : slots) {
    // Audio first: a Firefox that rejects the first m-line connects none. Every browser has Opus.
    std::stable_partition(inputs.begin(), inputs.end(), [](const InputStream::Input& input) {
      return input.decoding->kind() == MediaKind::kAudio;
    });
    target->loop().post([target, slot = slot, inputs = std::move(inputs)]() mutable {
      target->set_inputs(slot, std::move(inputs));
    });
  }
}

// ---- states

void WebRTCSrc::open() {
  const Settings now = settings();
  if (now.endpoint) {
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

void WebRTCSrc::publish() {
  std::shared_ptr<Server> server;
  std::shared_ptr<RemoteEndpoint> remote;
  InputStream::Settings settings;
  {
    const std::scoped_lock lock(mutex_);
    if (stream_ || (!server_ && !remote_)) return;
    server = server_;
    remote = remote_;
    settings.name = uri_.stream;
    settings.max_sessions = settings_.max_publishers;
    settings.retransmission = settings_.retransmission;
    settings.ice = server ? server->ice() : settings_.ice;
    settings.on_second = settings_.on_second;
    settings.jitter_buffer = std::chrono::milliseconds(settings_.latency);
    if (settings_.on_idle == OnIdle::kEos)
      settings.idle_limit = std::chrono::milliseconds(settings_.idle_timeout);
  }
  const auto observer = std::static_pointer_cast<InputStream::Observer>(shared_from_this());
  auto added = remote ? remote->add(std::move(settings), observer, reporter())
                      : server->add(std::move(settings), observer);
  {
    const std::scoped_lock lock(mutex_);
    stream_ = added;
  }
  added->loop().post([added] { added->set_paused(true); });
  update_inputs();
}

RemoteEndpoint::Tell WebRTCSrc::reporter() const {
  return [host = host_, queue = notifications_](const RemoteLink::Report& report) {
    queue->post([host, report] {
      if (const auto target = host.lock()) target->report(report);
    });
  };
}

void WebRTCSrc::play(const Ref<GstClock>& clock) {
  std::shared_ptr<RemoteEndpoint> remote;
  {
    const std::scoped_lock lock(mutex_);
    clock_ = clock;
    remote = remote_;
  }
  for (const auto& pad : pads()) pad->decoding()->set_clock(clock);
  const auto target = stream();
  if (!target) return;
  target->loop().post([target, clock] {
    target->set_clock(clock);
    target->set_paused(false);
  });
  if (remote) remote->start();
}

void WebRTCSrc::pause() {
  if (const auto target = stream()) target->loop().post([target] { target->set_paused(true); });
}

void WebRTCSrc::unpublish() {
  std::shared_ptr<Server> server;
  std::shared_ptr<RemoteEndpoint> remote;
  std::shared_ptr<InputStream> old;
  {
    const std::scoped_lock lock(mutex_);
    server = server_;
    remote = remote_;
    old = std::move(stream_);
  }
  if (!old) return;
  if (remote) {
    remote->remove("ended", "The pipeline ended.");
  } else {
    server->remove(old, "ended", "The pipeline ended.");
  }
}

void WebRTCSrc::close() {
  std::shared_ptr<Server> old;
  std::shared_ptr<RemoteEndpoint> remote;
  {
    const std::scoped_lock lock(mutex_);
    old = std::move(server_);
    remote = std::move(remote_);
    clock_.reset();
  }
}

// ---- what users ask for

std::string WebRTCSrc::uri() const {
  const std::scoped_lock lock(mutex_);
  return server_ ? uri_.text() : settings_.uri;
}

std::string WebRTCSrc::fingerprint() const {
  std::shared_ptr<Server> server;
  {
    const std::scoped_lock lock(mutex_);
    server = server_;
  }
  return server ? server->fingerprint() : "";
}

bool WebRTCSrc::tell_open() const {
  const std::scoped_lock lock(mutex_);
  return server_ && server_->tell_open();
}

std::vector<std::string> WebRTCSrc::urls() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> urls;
  if (!server_) return urls;
  for (const std::string& url : server_->urls()) urls.push_back(url + uri_.stream);
  return urls;
}

unsigned WebRTCSrc::publishers() const {
  const auto target = stream();
  return target ? target->loop().call([&] { return target->session_count(); }) : 0;
}

std::vector<std::string> WebRTCSrc::sessions() const {
  std::vector<std::string> names;
  const auto target = stream();
  if (!target) return names;
  return target->loop().call([&] {
    for (const auto& session : target->sessions()) names.push_back(session->name());
    return names;
  });
}

Owned<GstStructure> WebRTCSrc::statistics() const {
  const auto target = stream();
  if (target) return collect_statistics(target);
  return Owned<GstStructure>(gst_structure_new("application/x-webrtc-server-stats", "publishers",
                                               G_TYPE_UINT, 0U, nullptr));
}

// ---- what the stream reports

template <typename Call>
void WebRTCSrc::tell_host(Call call) const {
  notifications_->post([weak = host_, call = std::move(call)] {
    if (const auto host = weak.lock()) call(*host);
  });
}

void WebRTCSrc::on_session_created(const std::string& session, GstElement* webrtcbin) {
  if (const auto host = host_.lock()) host->session_created(session, webrtcbin);
}

void WebRTCSrc::on_session_closing(const std::string& session, GstElement* webrtcbin) {
  if (const auto host = host_.lock()) host->session_closing(session, webrtcbin);
}

void WebRTCSrc::on_message(const std::string& session, const std::string& json) {
  if (const auto host = host_.lock()) host->message_received(session, json);
}

void WebRTCSrc::on_sessions_changed(unsigned /*publishers*/) {
  tell_host([](Host& host) { host.publishers_changed(); });
}

void WebRTCSrc::on_slot_wanted(unsigned slot) {
  tell_host([slot](Host& host) { host.add_pads(slot); });
}

void WebRTCSrc::on_waiting(unsigned seconds) {
  std::string name;
  {
    const std::scoped_lock lock(mutex_);
    name = remote_ ? to_string(EndpointUri::Protocol::kWhep) : uri_.stream;
  }
  tell_host([name, seconds](Host& host) { host.wait_for_publisher(name, seconds); });
}

void WebRTCSrc::on_idle() {
  GST_INFO("nobody publishes any more: the end of the stream");
  for (const auto& pad : pads()) pad->decoding()->queue().end();
}

void WebRTCSrc::on_warning(const std::string& message) {
  tell_host([message](Host& host) { host.warn(message); });
}

}  // namespace webrtcserver
