// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/pushed_stream.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "net/stream_uri.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

// What is handed over of one kind, and its encodings.
class PushedStream::Media : public EncodingSet::Listener {
 public:
  Media(std::weak_ptr<PushedStream> owner, MediaKind kind, Ref<GstClock> clock)
      : owner_(std::move(owner)), kind_(kind), clock_(std::move(clock)) {}

  // Once, before anybody else knows it.
  void set_encodings(std::shared_ptr<EncodingSet> encodings) { encodings_ = std::move(encodings); }
  const std::shared_ptr<EncodingSet>& encodings() const { return encodings_; }
  MediaKind kind() const { return kind_; }

  void push(TimeLine& time_line, const Ref<GstCaps>& caps, const Ref<GstBuffer>& buffer) {
    const std::scoped_lock lock(mutex_);
    if (ended_) throw Error(ErrorCode::kClosed, "The stream has been closed.");
    if (!caps_ || !gst_caps_is_equal(caps_.get(), caps.get())) {
      encodings_->set_caps(caps);
      caps_ = caps;
    }
    GstClockTime time =
        time_line.place(GST_BUFFER_PTS(buffer.get()), gst_clock_get_time(clock_.get()));
    // Encoded pictures may come in another order than that in which they are shown; encoders of raw
    // ones want each to be later than the last.
    if (!codec_of_caps(caps.get())) {
      time = std::max(time, last_ + 1);
      last_ = time;
    }
    encodings_->push(buffer, time);
  }
  void end() {
    const std::scoped_lock lock(mutex_);
    ended_ = true;  // whoever is about to push is too late
    encodings_->end();
    caps_.reset();
  }

 private:
  void on_formats_changed() override {
    if (const auto stream = owner_stream()) stream->loop().post([stream] { stream->update(); });
  }
  void on_upstream_key_frame_wanted() override {
    const auto owner = owner_.lock();
    const auto stream = owner ? owner->stream() : nullptr;
    const auto host = owner ? owner->host_.lock() : nullptr;
    if (stream && host) host->on_key_frame_wanted(*stream, kind_);
  }
  void on_encoder_created(const std::string& /*session*/, GstElement* /*encoder*/) override {}
  void on_payloader_created(const std::string& /*session*/, GstElement* /*payloader*/) override {}
  void on_encoding_failed(const Codec& codec, const std::string& message) override {
    if (const auto owner = owner_.lock()) owner->on_warning(message);
    const auto stream = owner_stream();
    if (!stream) return;
    stream->loop().post([stream, encodings = encodings_, &codec, message] {
      stream->fail_codec(encodings.get(), codec, message);
    });
  }
  void on_encoder_replaced(const Codec& /*codec*/, const std::string& message) override {
    if (const auto owner = owner_.lock()) owner->on_warning(message);
  }

  std::shared_ptr<OutputStream> owner_stream() const {
    const auto owner = owner_.lock();
    return owner ? owner->stream() : nullptr;
  }

  const std::weak_ptr<PushedStream> owner_;
  const MediaKind kind_;
  const Ref<GstClock> clock_;
  std::shared_ptr<EncodingSet> encodings_;

  // Stands for the streaming thread that a pad has. What the encodings report meanwhile, nobody
  // answers by a push.
  std::mutex mutex_;
  Ref<GstCaps> caps_;      // guarded by mutex_
  GstClockTime last_ = 0;  // guarded by mutex_
  bool ended_ = false;     // guarded by mutex_
};

std::shared_ptr<PushedStream> PushedStream::open(const std::shared_ptr<Server>& server,
                                                 const Settings& settings,
                                                 std::weak_ptr<Host> host) {
  check_stream_name(settings.name);
  std::shared_ptr<PushedStream> self(new PushedStream(server, std::move(host)));  // NOLINT: private
  const auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  // Audio first, as webrtcsink has it.
  for (const MediaKind kind : {MediaKind::kAudio, MediaKind::kVideo}) {
    if (std::find(settings.media.begin(), settings.media.end(), kind) == settings.media.end())
      continue;
    EncodingSet::Settings encoding;
    encoding.name = std::string(to_string(kind)) + "_0";
    encoding.kind = kind;
    auto media = std::make_shared<Media>(self, kind, clock);
    media->set_encodings(EncodingSet::create(std::move(encoding), media));
    media->encodings()->set_clock(clock);
    self->media_.push_back(std::move(media));
  }
  if (self->media_.empty())
    throw Error(ErrorCode::kFailed, "A stream has media: \"video\", \"audio\", or both.");
  OutputStream::Settings output;
  output.name = settings.name;
  output.ice = server->ice();
  auto stream = server->add(std::move(output), std::static_pointer_cast<Stream::Observer>(self));
  // Whoever has been told of it may have been quicker.
  if (!self->keep(stream)) {
    server->remove(stream, "ended", "The stream ended.");
    return self;
  }
  stream->loop().post([stream, clock, media = self->media_] {
    std::vector<std::shared_ptr<EncodingSet>> encodings;
    for (const auto& each : media) encodings.push_back(each->encodings());
    stream->set_clock(clock);
    stream->set_media(std::move(encodings));
    stream->set_paused(false);
  });
  return self;
}

bool PushedStream::keep(const std::shared_ptr<OutputStream>& stream) {
  const std::scoped_lock lock(mutex_);
  if (!closed_) stream_ = stream;
  return !closed_;
}

bool PushedStream::is_closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

std::shared_ptr<OutputStream> PushedStream::stream() const {
  const std::scoped_lock lock(mutex_);
  return stream_;
}

void PushedStream::push(MediaKind kind, GstSample* sample) {
  if (is_closed()) throw Error(ErrorCode::kClosed, "The stream has been closed.");
  const auto found = std::find_if(media_.begin(), media_.end(),
                                  [&](const auto& media) { return media->kind() == kind; });
  if (found == media_.end()) {
    throw Error(ErrorCode::kFailed,
                std::string("The stream has been added without ") + to_string(kind) + ".");
  }
  const auto caps = Ref<GstCaps>::retain(gst_sample_get_caps(sample));
  if (!caps || gst_caps_is_empty(caps.get()))
    throw Error(ErrorCode::kFailed, "The sample has no caps; they say what is in its buffer.");
  const auto buffer = Ref<GstBuffer>::retain(gst_sample_get_buffer(sample));
  GstBufferList* list = gst_sample_get_buffer_list(sample);
  if (!buffer && !list) throw Error(ErrorCode::kFailed, "The sample has no buffer.");
  if (buffer) (*found)->push(time_line_, caps, buffer);
  for (guint i = 0; list && i < gst_buffer_list_length(list); ++i)
    (*found)->push(time_line_, caps, Ref<GstBuffer>::retain(gst_buffer_list_get(list, i)));
}

void PushedStream::set_bitrate(unsigned bits_per_second) const {
  for (const auto& media : media_) media->encodings()->set_bitrate(bits_per_second);
}

void PushedStream::close(std::string_view message) {
  std::shared_ptr<OutputStream> old;
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    old = std::move(stream_);
  }
  if (!old) return;
  if (const auto server = server_.lock()) server->remove(old, "ended", message);
  for (const auto& media : media_) media->end();
}

void PushedStream::on_warning(const std::string& message) {
  GST_WARNING("%s", message.c_str());
  const auto target = stream();
  const auto host = host_.lock();
  if (target && host) host->on_stream_warning(*target, message);
}

}  // namespace webrtcserver
