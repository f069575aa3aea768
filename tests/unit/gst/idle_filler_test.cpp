// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gst/idle_filler.hpp"

#include <gmock/gmock.h>
#include <gst/audio/audio.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace webrtcserver {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

std::optional<IdleFiller> filler(MediaKind kind, const char* caps) {
  return IdleFiller::make(kind, Ref<GstCaps>::adopt(gst_caps_from_string(caps)));
}

std::string caps_of(const IdleFiller& filler) {
  return take_string(gst_caps_to_string(filler.caps().get()));
}

std::vector<guint8> bytes_of(const Ref<GstBuffer>& buffer) {
  std::vector<guint8> bytes(gst_buffer_get_size(buffer.get()));
  gst_buffer_extract(buffer.get(), 0, bytes.data(), bytes.size());
  return bytes;
}

// The components of the pixel in the middle: Y, U, V or R, G, B.
std::array<int, 3> pixel_of(const IdleFiller& filler) {
  GstVideoInfo info;
  EXPECT_TRUE(gst_video_info_from_caps(&info, filler.caps().get()));
  GstVideoFrame frame;
  const auto buffer = filler.next();
  EXPECT_TRUE(gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_READ));
  std::array<int, 3> pixel{};
  for (guint i = 0; i < pixel.size(); ++i) {
    const auto* data = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, i));
    const int row = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i) / 2;
    const int column = GST_VIDEO_FRAME_COMP_WIDTH(&frame, i) / 2;
    pixel[i] = data[row * GST_VIDEO_FRAME_COMP_STRIDE(&frame, i) +
                    column * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, i)];
  }
  gst_video_frame_unmap(&frame);
  return pixel;
}

TEST(IdleFiller, PictureHasTheCapsThatWereTheLast) {
  const auto made = filler(MediaKind::kVideo,
                           "video/x-raw,format=NV12,width=322,height=182,framerate=(fraction)25/1");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), AllOf(HasSubstr("NV12"), HasSubstr("(int)322"), HasSubstr("(int)182"),
                                    HasSubstr("25/1")));
  EXPECT_EQ(made->interval(), std::chrono::milliseconds(40));
}

TEST(IdleFiller, PictureIsSettledWhereNothingWasSaid) {
  const auto made = filler(MediaKind::kVideo, "video/x-raw");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), AllOf(HasSubstr("I420"), HasSubstr("(int)640"), HasSubstr("(int)480"),
                                    HasSubstr("30/1")));
}

TEST(IdleFiller, PictureKeepsToWhatIsTaken) {
  const auto made =
      filler(MediaKind::kVideo,
             "video/x-raw,format={RGB,BGRx},width=[16,320],height=[16,200],framerate=[0/1,15/1]");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), AllOf(HasSubstr("RGB"), HasSubstr("(int)320"), HasSubstr("(int)200"),
                                    HasSubstr("15/1")));
}

// A browser's pictures have no fixed rate.
TEST(IdleFiller, PictureComesThirtyTimesASecondWhereTheRateVaries) {
  const auto made = filler(MediaKind::kVideo,
                           "video/x-raw,format=I420,width=64,height=48,framerate=(fraction)0/1");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), HasSubstr("0/1"));
  EXPECT_EQ(made->interval(), std::chrono::nanoseconds(GST_SECOND / 30));
}

TEST(IdleFiller, PictureIsBlackInEveryFormat) {
  constexpr std::array kVideoBlack{16, 128, 128};
  constexpr std::array kFullBlack{0, 128, 128};
  constexpr std::array kRgbBlack{0, 0, 0};
  const std::string size = ",width=64,height=48,framerate=30/1";
  for (const auto& [format, black] : {std::pair{"I420", kVideoBlack},
                                      {"NV12", kVideoBlack},
                                      {"YUY2", kVideoBlack},
                                      {"AYUV", kVideoBlack},
                                      {"I420,colorimetry=1:4:0:0", kFullBlack},
                                      {"RGB", kRgbBlack},
                                      {"BGRA", kRgbBlack}}) {
    const auto made =
        filler(MediaKind::kVideo, ("video/x-raw,format=" + std::string(format) + size).c_str());
    ASSERT_TRUE(made) << format;
    EXPECT_EQ(pixel_of(*made), black) << format;
  }
}

TEST(IdleFiller, IsNoneWhereMemoryIsAGpus) {
  EXPECT_FALSE(filler(MediaKind::kVideo, "video/x-raw(memory:CUDAMemory),width=64,height=48"));
  // What is in the host's memory is found behind it.
  const auto made = filler(MediaKind::kVideo, "video/x-raw(memory:GLMemory); video/x-raw");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), Not(HasSubstr("memory:")));
}

TEST(IdleFiller, IsNoneForWhatIsEncoded) {
  EXPECT_FALSE(filler(MediaKind::kVideo, "video/x-h264"));
  EXPECT_FALSE(filler(MediaKind::kAudio, "audio/x-opus"));
}

TEST(IdleFiller, SilenceIsSettledWhereNothingWasSaid) {
  const auto made = filler(MediaKind::kAudio, "audio/x-raw");
  ASSERT_TRUE(made);
  EXPECT_THAT(caps_of(*made), AllOf(HasSubstr(GST_AUDIO_NE(S16)), HasSubstr("(int)48000"),
                                    HasSubstr("(int)2"), HasSubstr("interleaved")));
  EXPECT_EQ(made->interval(), std::chrono::milliseconds(20));
  const auto bytes = bytes_of(made->next());
  EXPECT_EQ(bytes.size(), 960U * 2 * 2);
  EXPECT_THAT(bytes, Each(0));
  EXPECT_EQ(GST_BUFFER_DURATION(made->next().get()), 20 * GST_MSECOND);
}

TEST(IdleFiller, SilenceOfUnsignedSamplesIsTheirMiddle) {
  const auto made = filler(MediaKind::kAudio, "audio/x-raw,format=U8,rate=44100,channels=1");
  ASSERT_TRUE(made);
  const auto bytes = bytes_of(made->next());
  EXPECT_EQ(bytes.size(), 882U);
  EXPECT_THAT(bytes, Each(0x80));
}

// Such a buffer can be mapped only with metadata that says where each channel lies.
TEST(IdleFiller, SilenceOfSeparateChannelsCanBeMapped) {
  const auto made =
      filler(MediaKind::kAudio,
             "audio/x-raw,format=F32LE,layout=non-interleaved,rate=48000,channels=2,channel-mask="
             "(bitmask)3");
  ASSERT_TRUE(made);
  GstAudioInfo info;
  ASSERT_TRUE(gst_audio_info_from_caps(&info, made->caps().get()));
  const auto silence = made->next();
  GstAudioBuffer buffer;
  ASSERT_TRUE(gst_audio_buffer_map(&buffer, &info, silence.get(), GST_MAP_READ));
  EXPECT_EQ(GST_AUDIO_BUFFER_N_SAMPLES(&buffer), 960);
  EXPECT_EQ(GST_AUDIO_BUFFER_N_PLANES(&buffer), 2);
  gst_audio_buffer_unmap(&buffer);
}

TEST(IdleFiller, SilenceOfManyChannelsHasTheirPlaces) {
  const auto made = filler(MediaKind::kAudio, "audio/x-raw,format=S16LE,rate=48000,channels=6");
  ASSERT_TRUE(made);
  EXPECT_EQ(gst_buffer_get_size(made->next().get()), 960U * 6 * 2);
}

}  // namespace
}  // namespace webrtcserver
