// SPDX-License-Identifier: LGPL-2.1-or-later
// webrtcsink with pictures in the memory of devices, and what a viewer sees of it when the hardware
// is lost or hangs. The machines are played by doubles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>

#include "doubles/station.hpp"
#include "element/host_pipeline.hpp"
#include "machines.hpp"
#include "received_video.hpp"
#include "support/viewer.hpp"

namespace webrtcserver::test {
namespace {

using doubles::Behaviour;
using doubles::Station;
using ::testing::HasSubstr;

// How pictures get into a device's memory, and who encodes them there.
struct Way {
  const char* upload;
  const char* caps;
  const char* encoder;
};

void PrintTo(const Way& way, std::ostream* out) {
  *out << way.encoder;
}

constexpr Way kJetson{"nvvidconv", "video/x-raw(memory:NVMM),format=NV12", "nvv4l2h264enc"};
constexpr Way kCard{"cudaupload", "video/x-raw(memory:CUDAMemory),format=NV12", "nvh264enc"};
constexpr Way kVa{"vapostproc", "video/x-raw(memory:VAMemory),format=NV12", "vah264enc"};

std::string pipeline(const Way& way) {
  return std::string(
             "videotestsrc is-live=true pattern=red ! "
             "video/x-raw,format=NV12,width=160,height=120,framerate=30/1 ! ") +
         way.upload + " ! " + way.caps +
         " ! webrtcsink name=sink uri=webrtc://127.0.0.1:0/output video-caps=video/x-h264";
}

class HardwareSink : public ::testing::TestWithParam<Way> {
 protected:
  HardwareSink() { install_machines(); }
  ~HardwareSink() override {
    for (const Way& way : {kJetson, kCard, kVa}) Station::of(way.encoder).let_go();
    install_machines();
  }

  // A viewer that has seen some of it.
  void watch(const Way& way) {
    host_.emplace(pipeline(way));
    ASSERT_TRUE(host_->play());
    viewer_.emplace(host_->socket_url(), std::vector<std::string>{"H264"});
    video_.listen(viewer_->peer());
    ASSERT_TRUE(viewer_->watch());
    ASSERT_TRUE(viewer_->wait_media(20));
  }

  std::string encoder() const { return host_->statistic("encoders/video_0-H264"); }

  // The same viewer, and nobody has told it anything.
  void expect_all_is_well() {
    const auto seen = viewer_->signalling().seen();
    EXPECT_FALSE(seen.closed);
    EXPECT_EQ(seen.count("error"), 0U);
    EXPECT_EQ(seen.count("bye"), 0U);
    EXPECT_EQ(seen.count("sdp"), 1U);
    EXPECT_EQ(host_->number("viewers"), 1U);
    EXPECT_EQ(host_->pending_error(), "");
    video_.expect_one_stream();
    const auto colours = video_.colours();
    EXPECT_FALSE(colours.empty());
    for (const Colour& colour : colours) {
      EXPECT_GT(colour.red, 235);
      EXPECT_LT(colour.green, 20);
      EXPECT_LT(colour.blue, 20);
    }
  }

  // Until another encoder has made what the viewer sees.
  void expect_another_encoder(const char* failed, std::size_t key_frames) {
    EXPECT_THAT(host_->wait_warning(), HasSubstr(failed));
    EXPECT_TRUE(eventually([&] { return !encoder().empty() && encoder() != failed; }));
    EXPECT_TRUE(eventually([&] { return video_.key_frames() > key_frames; }));
    EXPECT_TRUE(viewer_->wait_media(20));
    expect_all_is_well();
  }

  const Traffic traffic_;
  ReceivedVideo video_;  // longer than the viewer
  std::optional<HostPipeline> host_;
  std::optional<Viewer> viewer_;
};

INSTANTIATE_TEST_SUITE_P(Machines, HardwareSink, ::testing::Values(kJetson, kCard, kVa),
                         [](const auto& of) { return std::string(of.param.encoder); });

TEST_P(HardwareSink, PicturesOfItsMemoryReachTheViewerInTheirColours) {
  watch(GetParam());
  EXPECT_EQ(encoder(), GetParam().encoder);
  expect_all_is_well();
  EXPECT_EQ(traffic_.so_far().downloads, 0U);
  EXPECT_EQ(traffic_.refused(), 0U);
}

TEST_P(HardwareSink, AViewerGoesOnWhenTheDeviceIsLost) {
  watch(GetParam());
  const std::size_t key_frames = video_.key_frames();
  Behaviour lost;
  lost.fails_at_frame = 1;  // the next, whatever its number
  Station::of(GetParam().encoder).set(lost);
  expect_another_encoder(GetParam().encoder, key_frames);
}

using HardwareThatHangs = HardwareSink;

TEST_F(HardwareThatHangs, IsLeftBehindByTheViewer) {
  watch(kCard);
  const std::size_t key_frames = video_.key_frames();
  Behaviour hangs;
  hangs.hangs = Behaviour::Hangs::kAtFrame;  // the next, however long the viewer took to come
  Station& station = Station::of(kCard.encoder);
  station.set(hangs);
  ASSERT_TRUE(station.wait([](const Station::Seen& seen) { return seen.hanging == 1; }));
  expect_another_encoder(kCard.encoder, key_frames);
  EXPECT_EQ(station.seen().hanging, 1U) << "it hangs still";
}

}  // namespace
}  // namespace webrtcserver::test
