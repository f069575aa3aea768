// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the frames of an output go: past an encoder, through one, or as they are.
#include <algorithm>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "net/uri_text.hpp"
#include "video/video_output.hpp"

namespace webrtcserver {

namespace {

constexpr unsigned kDefaultBitrate = 4'000'000;   // bit/s
constexpr std::chrono::seconds kLongestDrain{5};  // of encoders that give way to others

}  // namespace

std::shared_ptr<VideoOutput::Routes> VideoOutput::routes() const {
  const std::scoped_lock lock(mutex_);
  return routes_;
}

// With turn_ held.
std::shared_ptr<VideoOutput::Routes> VideoOutput::routes_for(const Ref<GstCaps>& caps) {
  const OutputCodec* input = output_codec_of(caps.get());
  auto now = routes();
  if (now && now->input == input) return now;
  if (now) {
    drain_routes(*now);
    // They take nothing more, also where no others can be made for this frame.
    const std::scoped_lock lock(mutex_);
    routes_ = nullptr;
  }
  auto next = make_routes(input, caps);
  const std::scoped_lock lock(mutex_);
  routes_ = next;
  return next;
}

std::shared_ptr<VideoOutput::Routes> VideoOutput::make_routes(const OutputCodec* input,
                                                              const Ref<GstCaps>& caps) {
  struct Wanted {
    std::shared_ptr<Target> target;
    const OutputCodec* codec = nullptr;
    bool open = false;  // to another codec
    OutputWish wish;
  };
  std::vector<Wanted> wanted;
  const bool may_pass =
      input && options_.output_encoder.empty() &&
      (options_.output_codec.empty() || find_output_codec(options_.output_codec) == input);
  {
    const std::scoped_lock lock(mutex_);
    for (Slot& slot : slots_) {
      if (!slot.target || slot.failed || slot.ended) continue;
      const bool takes = std::find(slot.takes.begin(), slot.takes.end(), input) != slot.takes.end();
      const OutputCodec* codec = may_pass && takes ? input : slot.planned;
      // What has been written in one codec goes on in it.
      const bool fixed = slot.begun && !slot.format->takes_raw;
      if (fixed) codec = slot.codec;
      wanted.push_back({slot.target,
                        codec,
                        !fixed && !(may_pass && takes),
                        {slot.format, without_secrets(slot.location.text), slot.takes}});
    }
  }
  if (may_pass) {
    // The plan was for all of them; fewer are to be encoded for, who may agree on a better codec.
    std::vector<OutputWish> wishes;
    for (const Wanted& one : wanted) {
      if (one.open) wishes.push_back(one.wish);
    }
    const auto codecs = plan_for(wishes);
    std::size_t next = 0;
    for (Wanted& one : wanted) {
      if (one.open) one.codec = codecs[next++];
    }
  }
  auto to = std::make_shared<Routes>();
  to->input = input;
  std::map<const OutputCodec*, std::vector<std::shared_ptr<Target>>> groups;
  for (const Wanted& one : wanted) {
    try {
      one.target->begin(one.codec);
    } catch (const Error& error) {
      fail_target(*one.target, error.what());
      continue;
    }
    {
      const std::scoped_lock lock(mutex_);
      for (Slot& slot : slots_) {
        if (slot.target != one.target) continue;
        slot.begun = true;
        slot.codec = one.codec;
      }
    }
    groups[one.codec].push_back(one.target);
  }
  for (auto& [codec, targets] : groups) {
    if (!codec) {
      to->raw = std::move(targets);
    } else if (codec == input && may_pass) {
      to->passing = add_stream(codec, true, std::move(targets));
    } else {
      to->encodings.push_back(add_stream(codec, false, std::move(targets)));
    }
  }
  if (!input || (to->raw.empty() && to->encodings.empty())) return to;
  try {
    add_decoder(to, caps);
  } catch (const Error& error) {
    // Others take the frames as they are. Without any, the frame is refused and nothing ends.
    if (!to->passing) throw;
    for (const auto& stream : to->encodings) on_stream_failed(*stream, error.what());
    for (const auto& target : to->raw) target->give_up(error.what());
  }
  return to;
}

std::shared_ptr<EncodedStream> VideoOutput::add_stream(
    const OutputCodec* codec, bool passes, std::vector<std::shared_ptr<Target>> targets) {
  EncodedStream::Plan plan;
  plan.codec = codec;
  plan.contexts = contexts_;
  plan.passes = passes;
  plan.encoder = encoder_for(*codec);
  plan.bitrate = options_.output_bitrate > 0 ? options_.output_bitrate : kDefaultBitrate;
  plan.wait = options_.wait;
  // Frames that wait are a camera's, which has few: where others watch, they are not kept.
  plan.patient = std::none_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return !slot.left_out && slot.format->paces;
  });
  plan.one_size = std::any_of(targets.begin(), targets.end(),
                              [](const auto& target) { return target->format().one_size; });
  return EncodedStream::create(plan, std::move(targets), weak_from_this());
}

// Pictures beside a stream are not made by the stream's encoder.
std::string VideoOutput::encoder_for(const OutputCodec& codec) const {
  return codec.every_frame_is_key && options_.output_codec.empty() ? "" : options_.output_encoder;
}

// The decoder's calls get the routes weakly, which have it.
void VideoOutput::add_decoder(const std::shared_ptr<Routes>& routes, const Ref<GstCaps>& caps) {
  FrameDecoder::Calls calls;
  const std::weak_ptr<Routes> weak = routes;
  const std::weak_ptr<VideoOutput> output = weak_from_this();
  calls.frame = [weak, output](const VideoFrame& frame) {
    const auto to = weak.lock();
    const auto self = to ? output.lock() : nullptr;
    if (self) self->push_raw(*to, frame);
  };
  calls.ended = [weak] {
    const auto to = weak.lock();
    if (!to) return;
    if (to->drains) return to->decoded.set();
    for (const auto& stream : to->encodings) stream->finish();
    for (const auto& target : to->raw) target->finish();
  };
  calls.failed = [weak, output](const std::string& message) {
    const auto to = weak.lock();
    const auto self = to ? output.lock() : nullptr;
    if (!self) return;
    // What was to be decoded last is lost; the targets are those of what follows.
    if (to->drains) return to->decoded.set();
    // Whoever waits for room in the decoder is let go. Not here: this is one of its threads.
    self->queue_->post([to] { to->decoder->stop(); });
    to->decoded.set();
    for (const auto& stream : to->encodings) self->on_stream_failed(*stream, message);
    for (const auto& target : to->raw) target->give_up(message);
  };
  routes->decoder =
      std::make_shared<FrameDecoder>(*routes->input, caps, options_.wait, std::move(calls));
  routes->decoder->start();
}

void VideoOutput::push_stream(EncodedStream& stream, const VideoFrame& frame) {
  try {
    stream.push(frame);
  } catch (const Error& error) {
    on_stream_failed(stream, error.what());
  }
}

void VideoOutput::push_raw(const Routes& routes, const VideoFrame& frame) {
  for (const auto& stream : routes.encodings) push_stream(*stream, frame);
  for (const auto& target : routes.raw) target->push(frame);
}

std::vector<std::shared_ptr<EncodedStream>> VideoOutput::streams_of(const Routes& routes) {
  auto streams = routes.encodings;
  if (routes.passing) streams.push_back(routes.passing);
  return streams;
}

bool VideoOutput::is_fed(const Routes& routes, const Target& target) {
  if (std::any_of(routes.raw.begin(), routes.raw.end(),
                  [&](const auto& one) { return one.get() == &target; }))
    return true;
  const auto streams = streams_of(routes);
  return std::any_of(streams.begin(), streams.end(),
                     [&](const auto& stream) { return stream->feeds(target); });
}

// What is on its way comes out ahead of what follows on other routes.
void VideoOutput::drain_routes(Routes& routes) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestDrain;
  routes.drains = true;
  if (routes.decoder) {
    routes.decoder->finish();
    routes.decoded.wait_until(deadline);
  }
  for (const auto& stream : streams_of(routes)) stream->drain(deadline);
  stop_routes(routes);
}

void VideoOutput::stop_routes(const Routes& routes) {
  // What feeds comes last: it may be waiting for room in what it feeds.
  for (const auto& stream : streams_of(routes)) stream->stop();
  if (routes.decoder) routes.decoder->stop();
}

}  // namespace webrtcserver
