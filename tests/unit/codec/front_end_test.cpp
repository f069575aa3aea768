// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/front_end.hpp"

#include <gtest/gtest.h>

#include "base/ref.hpp"

namespace webrtcserver {
namespace {

class FrontEndTest : public ::testing::Test {
 protected:
  FrontEndTest() {
    row_.inputs = {&input_, 1};
    row_.input_filter = "video/x-raw,format=I420";
    row_.even_size = true;
  }
  std::string of(const char* caps) {
    return front_end_for({&row_, &input_}, Ref<GstCaps>::adopt(gst_caps_from_string(caps)).get());
  }

  EncoderInput input_{"video/x-raw", "videoconvert", "videoscale"};
  Encoder row_{};
};

TEST_F(FrontEndTest, IsTheSameForOrdinarySizesAndFormats) {
  const std::string expected = "videoconvert ! capsfilter caps=\"video/x-raw,format=I420\"";
  EXPECT_EQ(of("video/x-raw,format=RGB,width=640,height=480"), expected);
  EXPECT_EQ(of("video/x-raw,format=NV12,width=1920,height=1080,interlace-mode=progressive"),
            expected);
}

TEST_F(FrontEndTest, RoundsOddSizesDownForEncodersThatRefuseThem) {
  EXPECT_EQ(of("video/x-raw,format=RGB,width=641,height=481"),
            "videoconvert ! videoscale ! capsfilter "
            "caps=\"video/x-raw,format=I420,width=640,height=480\"");
  row_.even_size = false;
  EXPECT_EQ(of("video/x-raw,format=RGB,width=641,height=481"),
            "videoconvert ! capsfilter caps=\"video/x-raw,format=I420\"");
}

TEST_F(FrontEndTest, DeinterlacesInSystemMemory) {
  EXPECT_EQ(of("video/x-raw,width=720,height=576,interlace-mode=interleaved"),
            "deinterlace ! videoconvert ! capsfilter caps=\"video/x-raw,format=I420\"");
}

TEST_F(FrontEndTest, DownloadsAheadOfAllElse) {
  input_ = {"video/x-raw(memory:CUDAMemory)", "videoconvert", "videoscale", "cudadownload"};
  EXPECT_EQ(of("video/x-raw(memory:CUDAMemory),width=641,height=480"),
            "cudadownload ! videoconvert ! videoscale ! capsfilter "
            "caps=\"video/x-raw,format=I420,width=640,height=480\"");
  EXPECT_EQ(of("video/x-raw(memory:CUDAMemory),width=640,height=480,interlace-mode=mixed"),
            "cudadownload ! capsfilter caps=video/x-raw ! deinterlace ! videoconvert ! capsfilter "
            "caps=\"video/x-raw,format=I420\"");
}

TEST_F(FrontEndTest, DeinterlacesWhereThePicturesLieOrNotAtAll) {
  input_ = {"video/x-raw(memory:VAMemory)", "vapostproc"};
  EXPECT_EQ(of("video/x-raw(memory:VAMemory),interlace-mode=interleaved"), "");
  input_.deinterlacer = "vadeinterlace";
  input_.filter = "video/x-raw(memory:VAMemory),format=NV12";
  EXPECT_EQ(of("video/x-raw(memory:VAMemory),interlace-mode=interleaved"),
            "vadeinterlace ! vapostproc ! capsfilter "
            "caps=\"video/x-raw(memory:VAMemory),format=NV12\"");
}

TEST_F(FrontEndTest, ColoursThatTheStreamDoesNotTellAreThoseThatDecodersTakeForGranted) {
  const std::string as_it_comes = "videoconvert ! capsfilter caps=\"video/x-raw,format=I420\"";
  const auto converted = [](const char* colours) {
    return std::string("videoconvert ! capsfilter caps=\"video/x-raw,format=I420,colorimetry=") +
           colours + "\"";
  };
  const std::string size = "video/x-raw,width=640,height=480,framerate=30/1,format=NV12";
  const std::string full_hd = "video/x-raw,width=1920,height=1080,framerate=30/1,format=";
  EXPECT_EQ(of((size + ",colorimetry=1:4:0:0").c_str()), as_it_comes);
  row_.tells_colours = false;
  row_.codec = "H264";
  EXPECT_EQ(of((size + ",colorimetry=bt601").c_str()), as_it_comes);
  EXPECT_EQ(of(size.c_str()), as_it_comes);
  EXPECT_EQ(of((size + ",colorimetry=1:4:0:0").c_str()),
            "videoconvert ! capsfilter caps=video/x-raw,format=BGRx ! " + converted("bt601"));
  EXPECT_EQ(of((size + ",colorimetry=bt709").c_str()), converted("bt601"));
  EXPECT_EQ(of((full_hd + "NV12").c_str()), as_it_comes);
  EXPECT_EQ(of((full_hd + "RGBA").c_str()), converted("bt709"));
  row_.codec = "VP8";
  EXPECT_EQ(of((full_hd + "NV12").c_str()), converted("bt601"));
}

TEST_F(FrontEndTest, MixesDownToWhatTheEncoderTakes) {
  input_ = {"audio/x-raw", "audioconvert"};
  row_.input_filter = "audio/x-raw,rate=48000";
  row_.max_channels = 2;
  EXPECT_EQ(of("audio/x-raw,channels=6"),
            "audioconvert ! capsfilter caps=\"audio/x-raw,rate=48000,channels=2\"");
  EXPECT_EQ(of("audio/x-raw,channels=1"),
            "audioconvert ! capsfilter caps=\"audio/x-raw,rate=48000,channels=1\"");
}

TEST_F(FrontEndTest, NeedsNoFilterForAnEncoderThatTakesAnything) {
  row_.input_filter = nullptr;
  EXPECT_EQ(of("video/x-raw,width=640,height=480"), "videoconvert");
}

TEST_F(FrontEndTest, IsEmptyForMemoryThatTheInputDoesNotTake) {
  EXPECT_EQ(of("video/x-raw(memory:CUDAMemory),width=640,height=480"), "");
  EXPECT_EQ(of("audio/x-raw"), "");
  EXPECT_EQ(of("EMPTY"), "");
}

}  // namespace
}  // namespace webrtcserver
