// SPDX-License-Identifier: LGPL-2.1-or-later
// From render(device pointer) to an encoder of the card, and beside it.
#include "video/device_pictures.hpp"

#include <gmock/gmock.h>

#include "doubles/station.hpp"
#include "support/application.hpp"
#include "support/float_pictures.hpp"
#include "support/temporary_files.hpp"
#include "support/viewer.hpp"
#include "unit/nvidia/card.hpp"
#include "video/video_output.hpp"
#include "video/video_source.hpp"

namespace webrtcserver {
namespace {

using doubles::Station;
using test::Colour;

constexpr Colour kColour{200, 120, 40};
constexpr int kPatience = 20'000;  // milliseconds
constexpr unsigned kFrames = 6;

VideoOptions patient() {
  VideoOptions options;
  options.wait = true;  // no frame is dropped
  return options;
}

std::string encoder_of(const VideoOutput& output, unsigned target) {
  const auto statistics = output.statistics();
  const GValue* targets = gst_structure_get_value(statistics.get(), "targets");
  const auto* one = static_cast<const GstStructure*>(
      g_value_get_boxed(gst_value_list_get_value(targets, target)));
  const char* name = gst_structure_get_string(one, "encoder");
  return name ? name : "";
}

std::string socket_url(const VideoOutput& output) {
  const std::string uri = output.uris().at(0);
  return "ws" + uri.substr(uri.find(':'));
}

class DevicePictures : public Card {
 protected:
  // The colours of the middles of all pictures of a file.
  static std::vector<Colour> colours_in(const std::string& path) {
    const auto source = VideoSource::create(path, {});
    std::vector<Colour> colours;
    while (const auto frame = source->capture(kPatience))
      colours.push_back(test::middle_of(frame.get(), kWidth, kHeight));
    return colours;
  }

  static void expect_near(Colour seen, Colour wanted) {
    EXPECT_NEAR(seen.red, wanted.red, 8);
    EXPECT_NEAR(seen.green, wanted.green, 8);
    EXPECT_NEAR(seen.blue, wanted.blue, 8);
  }

  const test::TemporaryFolder folder_;
};

TEST_F(DevicePictures, StayOnTheirDeviceUpToItsEncoder) {
  const std::string path = folder_.path("film.mkv");
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({path}, patient(), {});
  for (unsigned i = 0; i < kFrames; ++i) output->render(picture);
  EXPECT_EQ(encoder_of(*output, 0), "nvcudah264enc");
  output->close();
  EXPECT_EQ(take_bus(), Bus());
  EXPECT_EQ(Station::of("nvcudah264enc").seen().frames_in, kFrames);
  const auto colours = colours_in(path);
  ASSERT_EQ(colours.size(), kFrames);
  for (const Colour& colour : colours) expect_near(colour, kColour);
}

TEST_F(DevicePictures, AreWaitedForByTheEncodersThreadAlone) {
  const auto picture = tensor(kColour);
  const GpuStream stream(*device_);
  auto queued = picture;
  queued.stream = stream.get();
  const std::string path = folder_.path("film.mkv");
  const auto output = VideoOutput::create({path}, {}, {});
  output->render(queued);  // everything is there now
  control()->hold_stream(stream.get(), true);
  // The device does nothing until it is let go: who waited for it would wait for ever.
  output->render(queued);
  output->render(queued);
  control()->hold_stream(stream.get(), false);
  output->close();
  EXPECT_EQ(take_bus(), Bus());
  const auto colours = colours_in(path);
  ASSERT_EQ(colours.size(), 3U);
  for (const Colour& colour : colours) expect_near(colour, kColour);
  stream.finish();
}

TEST_F(DevicePictures, ComeDownByAnElementWhenTheCardsEncodersHaveFailed) {
  doubles::Behaviour lost;
  lost.fails_at_frame = 3;
  Station::of("nvcudah264enc").set(lost);
  doubles::Behaviour lost_at_once;
  lost_at_once.fails_at_frame = 1;
  Station::of("nvh264enc").set(lost_at_once);
  const std::string path = folder_.path("film.mkv");
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({path}, patient(), {});
  unsigned rendered = 0;
  for (; encoder_of(*output, 0) != "x264enc"; ++rendered) {
    ASSERT_LT(rendered, 1000U);
    output->render(picture);
  }
  for (unsigned i = 0; i < kFrames; ++i) output->render(picture);
  EXPECT_TRUE(output->is_streaming());
  output->close();
  const Bus bus = take_bus();
  EXPECT_GE(bus.by_elements, kFrames);
  EXPECT_EQ(bus.otherwise, 0U) << "none behind the back of cudadownload";
  EXPECT_EQ(bus.contexts, 0U);
  const auto colours = colours_in(path);
  ASSERT_GE(colours.size(), kFrames + 2);
  expect_near(colours.front(), kColour);
  expect_near(colours.back(), kColour);
}

TEST_F(DevicePictures, ComeDownOnceForEachWhoNeedsIt) {
  const std::string path = folder_.path("film.mkv");
  const std::string image = folder_.path("image_%d.png");
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({path, image}, patient(), {});
  for (unsigned i = 0; i < kFrames; ++i) output->render(picture);
  EXPECT_EQ(encoder_of(*output, 0), "nvcudah264enc");
  output->close();
  EXPECT_EQ(take_bus(), (Bus{kFrames, 0, 0}));
  EXPECT_EQ(colours_in(path).size(), kFrames);
  const auto images = colours_in(image);
  ASSERT_EQ(images.size(), kFrames);
  expect_near(images.back(), kColour);
}

TEST_F(DevicePictures, GoByTheCpuWhereNoEncoderTakesThem) {
  const std::string image = folder_.path("image_%d.png");
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({image}, patient(), {});
  output->render(picture);
  output->close();
  EXPECT_EQ(take_bus().by_elements, 0U);
  expect_near(colours_in(image).at(0), kColour);
}

TEST_F(DevicePictures, ComeDownForGoodWhenOthersAreOfTheCpu) {
  const std::string path = folder_.path("film.mkv");
  const auto of_device = tensor(test::kRed);
  const auto of_cpu = on_host(test::kBlue);
  const auto output = VideoOutput::create({path}, patient(), {});
  output->render(of_device);
  EXPECT_EQ(take_bus(), Bus());
  const unsigned before = Station::of("nvcudah264enc").seen().instances;
  for (unsigned i = 0; i < 3; ++i) {
    output->render(of_cpu);
    output->render(of_device);
  }
  output->close();
  EXPECT_EQ(Station::of("nvcudah264enc").seen().instances, before + 1) << "one for all others";
  const auto colours = colours_in(path);
  ASSERT_EQ(colours.size(), 7U);
  for (std::size_t i = 0; i < colours.size(); ++i)
    expect_near(colours[i], i % 2 == 0 ? test::kRed : test::kBlue);
}

TEST_F(DevicePictures, OfAnotherSizeAreFittedIntoAFile) {
  const std::string path = folder_.path("film.mp4");
  const auto first = tensor(kColour);
  const auto larger = tensor(kColour, 2 * kWidth, 2 * kHeight);
  const auto output = VideoOutput::create({path}, patient(), {});
  for (unsigned i = 0; i < 3; ++i) output->render(first);
  for (unsigned i = 0; i < 3; ++i) output->render(larger);
  output->close();
  const auto colours = colours_in(path);
  ASSERT_EQ(colours.size(), 6U);
  expect_near(colours.back(), kColour);
}

TEST_F(DevicePictures, GoByTheCpuWhereGStreamerDoesNotTakeTheDevice) {
  const std::string path = folder_.path("film.mkv");
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({path}, patient(), {});
  control()->fail("cuMemAllocPitch_v2", cu::kOutOfMemory, 0);
  for (unsigned i = 0; i < 3; ++i) output->render(picture);
  output->close();
  EXPECT_EQ(colours_in(path).size(), 3U);
}

TEST_F(DevicePictures, StayThereOnTheirWayToABrowser) {
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({"webrtc://127.0.0.1:0/output"}, {}, {});
  output->open();
  {
    const test::Application application(50, [&](unsigned) { output->render(picture); });
    test::Viewer viewer(socket_url(*output), {"H264"});
    EXPECT_TRUE(viewer.watch());
    EXPECT_TRUE(viewer.wait_media(10));
    EXPECT_EQ(take_bus(), Bus());
    EXPECT_GE(Station::of("nvcudah264enc").seen().frames_out, 1U);
    // The viewer stays when the card is lost.
    doubles::Behaviour lost;
    lost.fails_at_frame = 1;
    Station::of("nvcudah264enc").set(lost);
    Station::of("nvh264enc").set(lost);
    const auto downloads = doubles::traffic().downloads;
    EXPECT_TRUE(Station::of("nvh264enc").wait([&](const Station::Seen& seen) {
      return seen.frames_in > 0;
    }));
    EXPECT_TRUE(viewer.wait_media(30));
    EXPECT_GT(doubles::traffic().downloads, downloads);
  }
  output->close();
}

TEST_F(DevicePictures, ComeDownForTheSameBrowserWhenOthersAreOfTheCpu) {
  const auto picture = tensor(kColour);
  const auto output = VideoOutput::create({"webrtc://127.0.0.1:0/output"}, {}, {});
  output->open();
  {
    const test::Application application(50, [&](unsigned) { output->render(picture); });
    test::Viewer viewer(socket_url(*output), {"H264"});
    EXPECT_TRUE(viewer.watch());
    EXPECT_EQ(take_bus(), Bus());
    output->render(on_host(kColour));
    EXPECT_TRUE(viewer.wait_media(30));
    EXPECT_GT(take_bus().by_elements, 0U) << "cudaupload";
  }
  output->close();
}

}  // namespace
}  // namespace webrtcserver
