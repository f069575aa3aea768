// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/output_stream.hpp"

#include <algorithm>
#include <utility>

#include "codec/recent_failures.hpp"
#include "server/viewer.hpp"

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

OutputStream::OutputStream(LoopThread& loop, const Settings& settings,
                           std::weak_ptr<Observer> observer, std::function<void()> on_changed)
    : Stream(loop, settings, std::move(observer), std::move(on_changed)),
      patience_limit_(settings.patience) {}

OutputStream::~OutputStream() = default;

void OutputStream::set_media(std::vector<std::shared_ptr<EncodingSet>> media) {
  count();
  media_ = std::move(media);
  forget_counted();
  patient_ = true;
  update();
}

std::vector<OutputStream::Offer> OutputStream::available() const {
  std::vector<Offer> offers;
  for (const auto& media : media_) {
    if (auto formats = media->formats(); !formats.empty())
      offers.push_back({media, std::move(formats)});
  }
  return offers;
}

void OutputStream::update() {
  if (has_ended()) return;
  std::vector<Offer> offers = available();
  const bool awaits_caps =
      std::any_of(media_.begin(), media_.end(), [](const auto& media) { return !media->caps(); });
  if (patient_ && !offers.empty() && awaits_caps) {
    // Viewers keep what they have meanwhile.
    if (!patience_) {
      patience_ = loop().after(patience_limit_, [this] {
        patient_ = false;
        update();
      });
    }
    return changed();
  }
  patience_.cancel();
  offers_ = std::move(offers);
  error_ = offers_.empty() ? failure_ : "";
  for (const auto& viewer : viewers()) {
    if (viewer->fits(offers_)) {
      viewer->negotiate();
    } else {
      viewer->end("restart", "The stream's media changed.");
    }
  }
  announce_state();
  changed();
}

void OutputStream::fail_codec(const EncodingSet* encodings, const Codec& codec,
                              const std::string& message) {
  for (const auto& viewer : viewers()) {
    if (viewer->watches(encodings, codec)) viewer->fail("encoder", message);
  }
  failure_ = message;
  retry_ = loop().after(kRetryDelay, [this] {
    failure_.clear();
    update();
  });
  update();
}

void OutputStream::tell_frame(std::shared_ptr<const FrameNote> note) {
  if (notes_.fetch_add(1) >= kMaxNotes) {
    --notes_;
    return;
  }
  loop().post(
      [self = std::static_pointer_cast<OutputStream>(shared_from_this()), note = std::move(note)] {
        --self->notes_;
        for (const auto& viewer : self->viewers()) viewer->tell_frame(*note);
      });
}

void OutputStream::end(std::string_view reason, std::string_view message) {
  patience_.cancel();
  retry_.cancel();
  count();
  Stream::end(reason, message);
}

void OutputStream::admit(std::unique_ptr<Channel> channel) {
  add(std::make_shared<Viewer>(std::static_pointer_cast<OutputStream>(shared_from_this()),
                               std::move(channel)));
}

std::vector<std::shared_ptr<Viewer>> OutputStream::viewers() const {
  std::vector<std::shared_ptr<Viewer>> viewers;
  for (const auto& session : sessions())
    viewers.push_back(std::static_pointer_cast<Viewer>(session));
  return viewers;
}

// Of media that are gone. What newcomers have done before was not for this stream.
void OutputStream::forget_counted() {
  const auto counted = std::exchange(counted_, {});
  for (const auto& media : media_) {
    for (const auto& [codec, totals] : media->totals()) {
      const auto known = counted.find(totals);
      counted_[totals] = known != counted.end()
                             ? known->second
                             : Counted{totals->frames, totals->key_frames, totals->bytes,
                                       totals->requested_key_frames};
    }
  }
}

void OutputStream::count() {
  Stream::count();
  Metrics& metrics = *settings().metrics;
  for (const auto& media : media_) {
    for (const auto& [codec, totals] : media->totals()) {
      const CounterFamily::Values labels = {settings().name, to_string(media->kind()),
                                            media->name(), codec->name};
      Counted& last = counted_[totals];
      metrics.encoded_frames.add(labels, take_growth(last.frames, totals->frames));
      metrics.encoded_key_frames.add(labels, take_growth(last.key_frames, totals->key_frames));
      metrics.encoded_bytes.add(labels, take_growth(last.bytes, totals->bytes));
      metrics.requested_key_frames.add(
          labels, take_growth(last.requested_key_frames, totals->requested_key_frames));
    }
  }
}

StreamState OutputStream::state() const {
  if (!error_.empty()) return StreamState::kError;
  if (offers_.empty()) return StreamState::kWaiting;
  return is_paused() ? StreamState::kPaused : StreamState::kLive;
}

std::vector<const char*> OutputStream::flags() const {
  const auto has = [this](MediaKind kind) {
    return std::any_of(media_.begin(), media_.end(),
                       [kind](const auto& media) { return media->kind() == kind; });
  };
  std::vector<const char*> flags;
  if (has(MediaKind::kVideo)) flags.push_back("video");
  if (has(MediaKind::kAudio)) flags.push_back("audio");
  flags.push_back("send");
  flags.push_back("multi_client");
  return flags;
}

void OutputStream::describe_media(JsonWriter& json) const {
  for (const auto& media : media_) {
    json.begin()
        .add("kind", to_string(media->kind()))
        .add("name", media->name())
        .begin_array("codecs");
    const Codec* listed = nullptr;  // a codec may be offered in several profiles
    for (const Format& format : media->formats()) {
      if (std::exchange(listed, format.codec) != format.codec) json.element(format.codec->name);
    }
    json.end_array();
    describe_caps(json, media->caps());
    json.end();
  }
}

}  // namespace webrtcserver
