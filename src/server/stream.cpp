// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/stream.hpp"

#include <algorithm>

#include "codec/failed_encoders.hpp"
#include "server/session.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

// When an encoder that failed may be tried again; a little later than it is kept in mind.
constexpr std::chrono::seconds kRetryDelay = FailedEncoders::kMemory + std::chrono::seconds(1);

void describe_caps(JsonWriter& json, const Ref<GstCaps>& caps) {
  if (!caps || gst_caps_is_empty(caps.get()) || gst_caps_is_any(caps.get())) return;
  const GstStructure* structure = gst_caps_get_structure(caps.get(), 0);
  int width = 0;
  int height = 0;
  if (gst_structure_get_int(structure, "width", &width) &&
      gst_structure_get_int(structure, "height", &height)) {
    json.add("width", width).add("height", height);
  }
  int numerator = 0;
  int denominator = 1;
  if (gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) &&
      numerator > 0) {
    json.add("framerate", static_cast<double>(numerator) / denominator);
  }
  int value = 0;
  if (gst_structure_get_int(structure, "rate", &value)) json.add("rate", value);
  if (gst_structure_get_int(structure, "channels", &value)) json.add("channels", value);
}

}  // namespace

const char* to_string(StreamState state) {
  switch (state) {
    case StreamState::kWaiting:
      return "waiting";
    case StreamState::kLive:
      return "live";
    case StreamState::kPaused:
      return "paused";
    case StreamState::kError:
      return "error";
  }
  return "error";
}

Stream::Stream(LoopThread& loop, Settings settings, std::weak_ptr<Observer> observer,
               std::function<void()> on_changed)
    : loop_(loop),
      settings_(std::move(settings)),
      observer_(std::move(observer)),
      on_changed_(std::move(on_changed)) {}

Stream::~Stream() = default;

void Stream::set_media(std::vector<std::shared_ptr<EncodingSet>> media) {
  media_ = std::move(media);
  patient_ = true;
  update();
}

std::vector<Stream::Offer> Stream::available() const {
  std::vector<Offer> offers;
  for (const auto& media : media_) {
    if (auto formats = media->formats(); !formats.empty())
      offers.push_back({media, std::move(formats)});
  }
  return offers;
}

void Stream::update() {
  if (ended_) return;
  std::vector<Offer> offers = available();
  const bool awaits_caps =
      std::any_of(media_.begin(), media_.end(), [](const auto& media) { return !media->caps(); });
  if (patient_ && !offers.empty() && awaits_caps) {
    // Viewers keep what they have meanwhile.
    if (!patience_) {
      patience_ = loop_.after(settings_.patience, [this] {
        patient_ = false;
        update();
      });
    }
    return changed();
  }
  patience_.cancel();
  offers_ = std::move(offers);
  error_ = offers_.empty() ? failure_ : "";
  for (const auto& session : sessions()) {
    if (session->fits(offers_)) {
      session->negotiate();
    } else {
      session->end("restart", "The stream's media changed.");
    }
  }
  announce_state();
  changed();
}

void Stream::set_paused(bool paused) {
  paused_ = paused;
  announce_state();
}

void Stream::fail_codec(const EncodingSet* encodings, const Codec& codec,
                        const std::string& message) {
  for (const auto& session : sessions()) {
    if (session->watches(encodings, codec)) session->fail("encoder", message);
  }
  failure_ = message;
  retry_ = loop_.after(kRetryDelay, [this] {
    failure_.clear();
    update();
  });
  update();
}

void Stream::set_clock(const Ref<GstClock>& clock) {
  clock_ = clock;
  for (const auto& [name, session] : sessions_) session->set_clock(clock);
}

void Stream::end(std::string_view reason, std::string_view message) {
  ended_ = true;
  patience_.cancel();
  retry_.cancel();
  for (const auto& session : sessions()) session->end(reason, message);
}

void Stream::admit(std::unique_ptr<Channel> channel) {
  const auto session = std::make_shared<Session>(shared_from_this(), std::move(channel));
  sessions_.emplace(session->name(), session);
  GST_INFO("stream %s: viewer %s came; %u now", settings_.name.c_str(), session->name().c_str(),
           viewers());
  if (const auto observer = observer_.lock()) observer->on_viewers_changed(viewers());
  session->start(to_string(state()), error_);
  changed();
}

void Stream::remove(const Session& session) {
  if (sessions_.erase(session.name()) == 0) return;
  GST_INFO("stream %s: viewer %s went; %u now", settings_.name.c_str(), session.name().c_str(),
           viewers());
  if (const auto observer = observer_.lock()) observer->on_viewers_changed(viewers());
  changed();
}

std::vector<std::shared_ptr<Session>> Stream::sessions() const {
  std::vector<std::shared_ptr<Session>> copies;
  for (const auto& [name, session] : sessions_) copies.push_back(session);
  return copies;
}

StreamState Stream::state() const {
  if (!error_.empty()) return StreamState::kError;
  if (offers_.empty()) return StreamState::kWaiting;
  return paused_ ? StreamState::kPaused : StreamState::kLive;
}

void Stream::announce_state() {
  const StreamState now = state();
  if (now == announced_) return;
  announced_ = now;
  for (const auto& session : sessions()) session->tell_state(to_string(now), error_);
  changed();
}

void Stream::changed() {
  if (!ended_) on_changed_();
}

void Stream::describe(JsonWriter& json) const {
  const auto has = [this](MediaKind kind) {
    return std::any_of(media_.begin(), media_.end(),
                       [kind](const auto& media) { return media->kind() == kind; });
  };
  json.begin_array("flags");
  if (has(MediaKind::kVideo)) json.element("video");
  if (has(MediaKind::kAudio)) json.element("audio");
  json.element("send").element("multi_client").end_array();
  json.add("peer_count", viewers()).add("name", settings_.name).add("state", to_string(state()));
  json.add("max_viewers", settings_.max_viewers).begin_array("media");
  for (const auto& media : media_) {
    json.begin()
        .add("kind", to_string(media->kind()))
        .add("name", media->name())
        .begin_array("codecs");
    for (const Format& format : media->formats()) json.element(format.codec->name);
    json.end_array();
    describe_caps(json, media->caps());
    json.end();
  }
  json.end_array();
  json.add_json("meta", settings_.meta.empty() ? "{}" : settings_.meta);
}

}  // namespace webrtcserver
