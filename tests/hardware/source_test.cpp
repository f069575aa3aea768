// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsrc whose decoders have memory of their own: pictures stay there for a pipeline that takes
// them so, and come down for one that does not. The machines are played by doubles.
#include <gmock/gmock.h>
#include <gst/app/gstappsink.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

#include "doubles/contexts.hpp"
#include "doubles/station.hpp"
#include "element/host_pipeline.hpp"
#include "machines.hpp"
#include "support/patience.hpp"
#include "support/publisher.hpp"

namespace webrtcserver::test {
namespace {

using doubles::MemoryKind;
using doubles::Station;

struct Way {
  const char* name;
  const char* decoder;
  const char* takes;  // what stands behind webrtcsrc
  MemoryKind memory;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.name;
}

constexpr char kNvmm[] = "capsfilter caps=video/x-raw(memory:NVMM)";
constexpr char kNvmmOrNot[] = "capsfilter caps=\"video/x-raw(memory:NVMM);video/x-raw\"";
constexpr char kCudaOrNot[] = "capsfilter caps=\"video/x-raw(memory:CUDAMemory);video/x-raw\"";

class HardwareSource : public ::testing::TestWithParam<Way> {
 protected:
  HardwareSource() { install_machines(); }

  // A pipeline, and a browser that publishes to it.
  void publish(const Way& way, const Ref<GstContext>& context = {}) {
    host_.emplace(std::string("webrtcsrc name=source uri=webrtc://127.0.0.1:0/input latency=20 ") +
                  "video-decoder=" + way.decoder + " source. ! " + way.takes +
                  " ! appsink name=video max-buffers=1 drop=true");
    if (context) answer_with(context);
    ASSERT_TRUE(host_->start());
    publisher_.emplace(host_->url("/input", "ws"),
                       std::vector<RemotePeer::Source>{{"video", kCamera}},
                       std::vector<std::string>{"H264"});
    ASSERT_TRUE(publisher_->answer());
  }

  // As an application that has a context of its own.
  void answer_with(const Ref<GstContext>& context) {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(host_->get()));
    gst_bus_set_sync_handler(
        bus.get(),
        [](GstBus* /*bus*/, GstMessage* message, gpointer data) {
          auto* given = static_cast<GstContext*>(data);
          const char* type = nullptr;
          if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_NEED_CONTEXT &&
              gst_message_parse_context_type(message, &type) &&
              gst_context_has_context_type(given, type))
            gst_element_set_context(GST_ELEMENT(GST_MESSAGE_SRC(message)), given);
          return GST_BUS_PASS;
        },
        Ref<GstContext>(context).release(),
        [](gpointer data) { gst_context_unref(static_cast<GstContext*>(data)); });
  }

  Ref<GstSample> picture() const {
    const auto sink = host_->element("video");
    return Ref<GstSample>::adopt(
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), kPatienceInNanoseconds));
  }

  const Traffic traffic_;
  std::optional<HostPipeline> host_;
  std::optional<Publisher> publisher_;
};

INSTANTIATE_TEST_SUITE_P(
    Machines, HardwareSource,
    ::testing::Values(Way{"jetson", "nvv4l2decoder", kNvmm, MemoryKind::kNvmm},
                      Way{"jetson_best", "nvv4l2decoder", kNvmmOrNot, MemoryKind::kNvmm},
                      Way{"jetson_download", "nvv4l2decoder", "videoconvert", MemoryKind::kSystem},
                      Way{"card", "nvh264dec", kCudaOrNot, MemoryKind::kCuda},
                      Way{"card_download", "nvh264dec", "videoconvert", MemoryKind::kSystem},
                      Way{"va", "vah264dec", "capsfilter caps=video/x-raw(memory:VAMemory)",
                          MemoryKind::kVa},
                      Way{"software", "avdec_h264", kCudaOrNot, MemoryKind::kSystem},
                      Way{"upload", "avdec_h264", "capsfilter caps=video/x-raw(memory:CUDAMemory)",
                          MemoryKind::kCuda}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_P(HardwareSource, PicturesAreInTheMemoryThatThePipelineTakes) {
  publish(GetParam());
  const auto picture = this->picture();
  ASSERT_TRUE(picture);
  EXPECT_EQ(doubles::kind_of(gst_sample_get_caps(picture.get())), GetParam().memory);
  EXPECT_TRUE(doubles::is_of(gst_sample_get_buffer(picture.get()), GetParam().memory));
  EXPECT_EQ(traffic_.refused(), 0U) << "The CPU wanted to read what is not its.";
  const bool is_hardware = std::string(GetParam().decoder) != "avdec_h264";
  if (is_hardware) {
    EXPECT_GT(Station::of(GetParam().decoder).seen().frames_out, 0U);
  }
  if (is_hardware && GetParam().memory != MemoryKind::kSystem) {
    EXPECT_EQ(traffic_.so_far().downloads, 0U);
    EXPECT_EQ(traffic_.so_far().uploads, 0U);
  }
  EXPECT_EQ(host_->pending_error(), "");
}

using HardwareContexts = HardwareSource;

constexpr Way kCard{"card", "nvh264dec", "capsfilter caps=video/x-raw(memory:CUDAMemory)",
                    MemoryKind::kCuda};

TEST_F(HardwareContexts, OfTheApplicationAreTheDecoders) {
  const unsigned made = doubles::contexts_made();
  const auto context = doubles::make_context(MemoryKind::kCuda);
  publish(kCard, context);
  ASSERT_TRUE(picture());
  EXPECT_EQ(doubles::contexts_made(), made);
  const auto set = Ref<GstContext>::adopt(
      gst_element_get_context(host_->sink(), doubles::context_type_of(MemoryKind::kCuda)));
  EXPECT_TRUE(set == context);
}

TEST_F(HardwareContexts, ThatADecoderMakesAreTheApplications) {
  const unsigned made = doubles::contexts_made();
  publish(kCard);
  ASSERT_TRUE(picture());
  EXPECT_EQ(doubles::contexts_made(), made + 1);
  const auto message = host_->wait_message(GST_MESSAGE_HAVE_CONTEXT);
  ASSERT_TRUE(message);
  GstContext* parsed = nullptr;
  gst_message_parse_have_context(message.get(), &parsed);
  const auto context = Ref<GstContext>::adopt(parsed);
  EXPECT_STREQ(gst_context_get_context_type(context.get()),
               doubles::context_type_of(MemoryKind::kCuda));
}

}  // namespace
}  // namespace webrtcserver::test
