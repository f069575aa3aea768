// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/encoder_probe.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "codec/element_chain.hpp"
#include "codec/encoder_setup.hpp"
#include "codec/front_end.hpp"

namespace webrtcserver {

namespace {

// Larger than the least that hardware takes, small enough to cost nothing.
constexpr const char* kPicture = "video/x-raw,format=I420,width=320,height=240,framerate=30/1";
constexpr int kPictures = 8;  // for encoders that hold some back
constexpr unsigned kBitrate = 1'000'000;

class Trial : public std::enable_shared_from_this<Trial> {
 public:
  // Throws Error when an element is missing or does not link.
  Trial(const Encoder& encoder, const EncoderInput& input)
      : chain_(std::string("trial of ") + encoder.factory) {
    const auto picture = Ref<GstCaps>::adopt(gst_caps_from_string(kPicture));
    GstElement* source = chain_.add("videotestsrc", "source");
    g_object_set(source, "num-buffers", kPictures, nullptr);
    chain_.add_filter(picture, "picture");
    EncoderCatalogue::Choice choice;
    choice.encoder = &encoder;
    choice.input = &input;
    chain_.add_description(front_end_for(choice, picture.get()), "converter");
    GstElement* element = chain_.add(encoder.factory, "encoder");
    configure_encoder(element, encoder);
    set_encoder_bitrate(element, encoder, kBitrate);
    if (encoder.output_filter)
      chain_.add_filter(Ref<GstCaps>::adopt(gst_caps_from_string(encoder.output_filter)),
                        "profile");
    GstElement* output = chain_.add("fakesink", "output");
    g_object_set(output, "sync", FALSE, "async", FALSE, nullptr);
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(output, "sink"));
    gst_pad_add_probe(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad* /*pad*/, GstPadProbeInfo* /*info*/, gpointer self) {
          static_cast<Trial*>(self)->conclude("");
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
    chain_.watch([this](GstMessage* message) {
      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        conclude("it encodes no picture (" + describe_error(message) + ")");
      } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
        conclude("it takes pictures and gives none");
      }
    });
  }

  std::string run(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    // Even stopping may hang, with a driver that does.
    std::thread([self = shared_from_this(), deadline] {
      guard("the trial of an encoder", [&] {
        if (!self->chain_.start(nullptr)) self->conclude("it does not start");
        self->wait(deadline, [&] { return self->verdict_.has_value(); });
        self->chain_.stop();
        const std::scoped_lock lock(self->mutex_);
        self->stopped_ = true;
        self->changed_.notify_all();
      });
    }).detach();
    wait(deadline, [this] { return stopped_; });
    const std::scoped_lock lock(mutex_);
    return verdict_.value_or("it gives no frame of a picture within " +
                             std::to_string(patience.count()) + " ms");
  }

 private:
  template <typename Condition>
  void wait(std::chrono::steady_clock::time_point deadline, const Condition& condition) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_until(lock, deadline, condition);
  }

  void conclude(std::string verdict) {
    const std::scoped_lock lock(mutex_);
    if (!verdict_) verdict_ = std::move(verdict);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> verdict_;  // guarded by mutex_: the first one; empty when it works
  bool stopped_ = false;                // guarded by mutex_
  ElementChain chain_;                  // last, since its threads use the rest until it has stopped
};

}  // namespace

std::string failure_to_encode(const Encoder& encoder, const EncoderInput& input,
                              std::chrono::milliseconds patience) {
  try {
    return std::make_shared<Trial>(encoder, input)->run(patience);
  } catch (const Error& error) {
    return std::string("it cannot be tried (") + error.what() + ")";
  }
}

}  // namespace webrtcserver
