// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoding_set.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "codec/fmtp.hpp"
#include "codec/retime.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

bool is_raw(const GstCaps* caps, MediaKind kind) {
  return gst_caps_get_size(caps) > 0 &&
         gst_structure_has_name(gst_caps_get_structure(caps, 0),
                                kind == MediaKind::kVideo ? "video/x-raw" : "audio/x-raw");
}

std::vector<const Codec*> all_of(MediaKind kind) {
  std::vector<const Codec*> found;
  for (const Codec& codec : codecs()) {
    if (codec.kind == kind) found.push_back(&codec);
  }
  return found;
}

std::string text_of(const GstCaps* caps) {
  return take_string(gst_caps_to_string(caps));
}

}  // namespace

// ---- leases

class EncodingSet::EncodingLease : public Lease {
 public:
  EncodingLease(std::weak_ptr<EncodingSet> set, std::shared_ptr<Encoding> encoding)
      : set_(std::move(set)), encoding_(std::move(encoding)) {}

  ~EncodingLease() override {
    for (const RtpSink* sink : sinks_) encoding_->fan_out().leave(sink);
    if (const auto set = set_.lock()) set->release(encoding_);
  }

  void join(std::shared_ptr<RtpSink> sink) override {
    {
      const std::scoped_lock lock(mutex_);
      sinks_.push_back(sink.get());
    }
    encoding_->fan_out().join(std::move(sink));
  }

  void leave(const RtpSink* sink) override {
    {
      const std::scoped_lock lock(mutex_);
      sinks_.erase(std::remove(sinks_.begin(), sinks_.end(), sink), sinks_.end());
    }
    encoding_->fan_out().leave(sink);
  }

  void request_key_frame() override { encoding_->fan_out().request_key_frame(); }
  std::string encoder_name() const override { return encoding_->encoder_name(); }

 private:
  const std::weak_ptr<EncodingSet> set_;
  const std::shared_ptr<Encoding> encoding_;
  std::mutex mutex_;
  std::vector<const RtpSink*> sinks_;  // guarded by mutex_
};

// ---- life

std::shared_ptr<EncodingSet> EncodingSet::create(Settings settings,
                                                 std::weak_ptr<Listener> listener,
                                                 std::shared_ptr<EncoderCatalogue> catalogue) {
  if (settings.codecs.empty()) settings.codecs = all_of(settings.kind);
  if (!settings.encoders.empty()) catalogue = catalogue->only(settings.encoders);
  return std::shared_ptr<EncodingSet>(  // NOLINT: the constructor is private.
      new EncodingSet(std::move(settings), std::move(listener), std::move(catalogue)));
}

EncodingSet::EncodingSet(Settings settings, std::weak_ptr<Listener> listener,
                         std::shared_ptr<EncoderCatalogue> catalogue)
    : settings_(std::move(settings)),
      listener_(std::move(listener)),
      catalogue_(std::move(catalogue)),
      failed_(std::make_shared<FailedEncoders>()),
      bitrate_(settings_.bitrate),
      live_(std::make_shared<const Encodings>()) {}

EncodingSet::~EncodingSet() {
  for (const auto& encoding : *live_) encoding->stop();
}

std::shared_ptr<Encoding> EncodingSet::create_encoding(const Codec& codec, bool encoded,
                                                       const std::string& session) {
  auto& queue = queues_[&codec];
  if (!queue) queue = SerialQueue::create();
  auto& totals = totals_[&codec];
  if (!totals) totals = std::make_shared<EncodingTotals>();
  Encoding::Settings settings;
  settings.pad = settings_.name;
  settings.codec = &codec;
  settings.encoded = encoded;
  settings.session = session;
  settings.bitrate = bitrate_;
  settings.patience = settings_.patience;
  settings.catalogue = catalogue_;
  settings.failed = failed_;
  settings.totals = totals;
  settings.queue = queue;
  return Encoding::create(std::move(settings), weak_from_this());
}

void EncodingSet::update_live() {
  auto live = std::make_shared<Encodings>();
  if (pass_through_) live->push_back(pass_through_);
  for (const auto& [codec, active] : active_) {
    if (active.encoding != pass_through_) live->push_back(active.encoding);
  }
  live_ = std::move(live);
}

// ---- input

void EncodingSet::set_caps(const Ref<GstCaps>& caps) {
  const Codec* codec = codec_of_caps(caps.get());
  if (codec && codec->kind != settings_.kind) codec = nullptr;
  if (!codec && (!is_raw(caps.get(), settings_.kind) || !has_encoder(caps))) {
    throw Error(ErrorCode::kNoEncoder, settings_.name + ": " + why_not(caps));
  }

  std::shared_ptr<const Encodings> before;
  std::shared_ptr<const Encodings> now;
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    before = live_;
    clock = clock_;
    if (!caps_ || !gst_caps_is_equal(caps_.get(), caps.get())) failed_->clear();
    caps_ = caps;
    if (codec) {
      if (!pass_through_ || &pass_through_->codec() != codec) {
        // Leases of the encodings that end here stay valid and see no more media.
        active_.clear();
        pass_through_ = create_encoding(*codec, true, "");
      }
      pass_through_formats_ = formats_for_encoded(*codec, caps.get());
    } else if (pass_through_) {
      active_.clear();
      pass_through_ = nullptr;
    }
    update_live();
    now = live_;
  }
  for (const auto& encoding : *before) {
    if (std::find(now->begin(), now->end(), encoding) == now->end()) encoding->stop();
  }
  start(*now, caps, clock);
  announce();
}

std::string EncodingSet::why_not(const Ref<GstCaps>& caps) const {
  if (settings_.encoders.empty()) {
    return "no encoder takes " + text_of(caps.get()) +
           ". Install one (gst-plugins-ugly has x264enc, gst-plugins-good vp8enc) or convert the "
           "input.";
  }
  std::string reasons;
  for (const auto& report : catalogue_->report()) {
    reasons += std::string(" ") + report.encoder->factory + " (" + report.encoder->codec + "): " +
               (report.refused.empty() ? "the codec is not offered, or the memory does not fit"
                                       : report.refused) +
               ".";
  }
  return "of the encoders that were asked for (" + settings_.encoders + ") none takes " +
         text_of(caps.get()) + "." + reasons;
}

void EncodingSet::start(const Encodings& encodings, const Ref<GstCaps>& caps,
                        const Ref<GstClock>& clock) const {
  for (const auto& encoding : encodings) {
    if (encoding->encoded()) {
      encoding->start(caps, clock);
      continue;
    }
    // suspend() or resume() may come between the look and the call, and be done with this one: it
    // is looked at again, until what has been done is what holds.
    for (bool started = false; started == is_suspended(); started = !started) {
      if (started) {
        encoding->stop();
      } else {
        encoding->start(caps, clock);
      }
    }
  }
}

bool EncodingSet::is_suspended() const {
  const std::scoped_lock lock(mutex_);
  return suspended_;
}

void EncodingSet::push(const Ref<GstBuffer>& buffer, GstClockTime time) {
  std::shared_ptr<const Encodings> live;
  Ref<GstCaps> caps;
  {
    const std::scoped_lock lock(mutex_);
    live = live_;
    caps = caps_;
  }
  if (!caps || live->empty()) return;
  const Ref<GstBuffer> retimed = retime(buffer, time);
  for (const auto& encoding : *live) encoding->push(caps, retimed);
}

void EncodingSet::set_clock(const Ref<GstClock>& clock) {
  const std::scoped_lock lock(mutex_);
  clock_ = clock;
}

void EncodingSet::end() {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    caps_ = nullptr;
    announced_.clear();
    live = live_;
  }
  for (const auto& encoding : *live) encoding->stop();
}

void EncodingSet::suspend() {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    suspended_ = true;
    live = live_;
  }
  for (const auto& encoding : *live) {
    if (!encoding->encoded()) encoding->stop();
  }
}

void EncodingSet::resume() {
  std::shared_ptr<const Encodings> live;
  Ref<GstCaps> caps;
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(suspended_, false) || !caps_) return;
    live = live_;
    caps = caps_;
    clock = clock_;
  }
  start(*live, caps, clock);
}

void EncodingSet::skip_to_key_frame() {
  std::shared_ptr<Encoding> encoded;
  {
    const std::scoped_lock lock(mutex_);
    encoded = pass_through_;
  }
  if (encoded) encoded->skip_to_key_frame();
}

void EncodingSet::set_bitrate(unsigned bits_per_second) {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    bitrate_ = bits_per_second;
    live = live_;
  }
  for (const auto& encoding : *live) encoding->set_bitrate(bits_per_second);
}

void EncodingSet::request_key_frame() const {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    live = live_;
  }
  for (const auto& encoding : *live) encoding->fan_out().request_key_frame();
}

// ---- what there is

MediaKind EncodingSet::kind() const {
  return settings_.kind;
}

const std::string& EncodingSet::name() const {
  return settings_.name;
}

Ref<GstCaps> EncodingSet::caps() const {
  const std::scoped_lock lock(mutex_);
  return caps_;
}

std::vector<Format> EncodingSet::formats() const {
  Ref<GstCaps> caps;
  {
    const std::scoped_lock lock(mutex_);
    if (!caps_) return {};
    if (pass_through_) return pass_through_formats_;
    caps = caps_;
  }
  return raw_formats(caps);
}

std::vector<Format> EncodingSet::raw_formats(const Ref<GstCaps>& caps) const {
  const auto now = std::chrono::steady_clock::now();
  std::vector<Format> formats;
  for (const Codec* codec : settings_.codecs) {
    const auto choices = catalogue_->choices(*codec, caps.get());
    const bool works = std::any_of(choices.begin(), choices.end(), [&](const auto& choice) {
      return !failed_->contains(choice.encoder, now);
    });
    if (works) formats.push_back({codec, fmtp_for_raw(*codec, caps.get())});
  }
  return formats;
}

// Whether or not it failed lately: it may be tried again, and the stream says so meanwhile.
bool EncodingSet::has_encoder(const Ref<GstCaps>& raw_caps) const {
  return std::any_of(settings_.codecs.begin(), settings_.codecs.end(), [&](const Codec* codec) {
    return !catalogue_->choices(*codec, raw_caps.get()).empty();
  });
}

std::map<std::string, std::string> EncodingSet::running() const {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    live = live_;
  }
  std::map<std::string, std::string> names;
  for (const auto& encoding : *live) {
    if (encoding->is_running()) names[encoding->codec().name] = encoding->encoder_name();
  }
  return names;
}

std::map<std::string, std::string> EncodingSet::downloads() const {
  std::shared_ptr<const Encodings> live;
  {
    const std::scoped_lock lock(mutex_);
    live = live_;
  }
  std::map<std::string, std::string> elements;
  for (const auto& encoding : *live) {
    if (auto download = encoding->download(); !download.empty())
      elements[encoding->codec().name] = std::move(download);
  }
  return elements;
}

std::map<const Codec*, std::shared_ptr<const EncodingTotals>> EncodingSet::totals() const {
  const std::scoped_lock lock(mutex_);
  return {totals_.begin(), totals_.end()};
}

void EncodingSet::announce() {
  std::vector<Format> current = formats();
  {
    const std::scoped_lock lock(mutex_);
    if (current == announced_) return;
    announced_ = std::move(current);
  }
  if (const auto listener = listener_.lock()) listener->on_formats_changed();
}

// ---- viewers

std::unique_ptr<EncodingSet::Lease> EncodingSet::acquire(const Codec& codec,
                                                         const std::string& session) {
  const auto offered = formats();
  if (std::none_of(offered.begin(), offered.end(),
                   [&](const Format& format) { return format.codec == &codec; })) {
    return nullptr;
  }
  std::shared_ptr<Encoding> encoding;
  Ref<GstCaps> caps;
  Ref<GstClock> clock;
  {
    const std::scoped_lock lock(mutex_);
    // The input may have changed since formats() looked.
    if (!caps_ || (pass_through_ && &pass_through_->codec() != &codec)) return nullptr;
    Active& active = active_[&codec];
    if (!active.encoding) {
      active.encoding = pass_through_ ? pass_through_ : create_encoding(codec, false, session);
      update_live();
    }
    ++active.leases;
    encoding = active.encoding;
    caps = caps_;
    clock = clock_;
  }
  start({encoding}, caps, clock);
  return std::make_unique<EncodingLease>(weak_from_this(), std::move(encoding));
}

void EncodingSet::release(const std::shared_ptr<Encoding>& encoding) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = active_.find(&encoding->codec());
    if (found == active_.end() || found->second.encoding != encoding) return;
    if (--found->second.leases > 0) return;
    active_.erase(found);
    if (encoding == pass_through_) return;  // goes on, to know the current group of pictures
    update_live();
  }
  encoding->stop();
}

// ---- the encodings' calls

void EncodingSet::on_upstream_key_frame_wanted() {
  if (const auto listener = listener_.lock()) listener->on_upstream_key_frame_wanted();
}

void EncodingSet::on_payload_caps(const Codec& codec, const Ref<GstCaps>& encoded,
                                  const Ref<GstCaps>& rtp) {
  // The H.264 payloader reads the profile from the stream's own parameter sets.
  const bool from_payloader = std::string_view(codec.name) == "H264";
  std::vector<Format> formats =
      formats_for_encoded(codec, from_payloader ? rtp.get() : encoded.get());
  {
    const std::scoped_lock lock(mutex_);
    if (!pass_through_ || &pass_through_->codec() != &codec || pass_through_formats_ == formats)
      return;
    pass_through_formats_ = std::move(formats);
  }
  announce();
}

void EncodingSet::on_encoder_created(const std::string& session, GstElement* encoder) {
  if (const auto listener = listener_.lock()) listener->on_encoder_created(session, encoder);
}

void EncodingSet::on_payloader_created(const std::string& session, GstElement* payloader) {
  if (const auto listener = listener_.lock()) listener->on_payloader_created(session, payloader);
}

void EncodingSet::on_encoding_failed(const Codec& codec, const std::string& message) {
  if (const auto listener = listener_.lock()) listener->on_encoding_failed(codec, message);
  announce();
}

void EncodingSet::on_encoder_replaced(const Codec& codec, const std::string& message) {
  if (const auto listener = listener_.lock()) listener->on_encoder_replaced(codec, message);
}

Ref<GstContext> EncodingSet::find_context(const char* type) {
  const auto listener = listener_.lock();
  return listener ? listener->find_context(type) : Ref<GstContext>();
}

void EncodingSet::on_context_made(const Ref<GstContext>& context) {
  if (const auto listener = listener_.lock()) listener->on_context_made(context);
}

}  // namespace webrtcserver
