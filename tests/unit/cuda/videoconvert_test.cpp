// SPDX-License-Identifier: LGPL-2.1-or-later
// That our Y'CbCr is what GStreamer takes for it: matrix, range, order of the planes and of the
// bytes, and where chroma sits.
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cuda/cpu_conversion.hpp"

namespace webrtcserver {
namespace {

constexpr int kWidth = 66;
constexpr int kHeight = 34;

struct Format {
  PixelLayout layout;
  GstVideoFormat format;
};

constexpr std::array kColorFormats = {
    Format{PixelLayout::kRgb8, GST_VIDEO_FORMAT_RGB},
    Format{PixelLayout::kRgba8, GST_VIDEO_FORMAT_RGBA},
    Format{PixelLayout::kBgr8, GST_VIDEO_FORMAT_BGR},
    Format{PixelLayout::kBgra8, GST_VIDEO_FORMAT_BGRA},
};
constexpr std::array kVideoFormats = {
    Format{PixelLayout::kNv12, GST_VIDEO_FORMAT_NV12},
    Format{PixelLayout::kI420, GST_VIDEO_FORMAT_I420},
};

const char* colorimetry_of(const Conversion& conversion) {
  const bool bt601 = conversion.matrix == ColorMatrix::kBt601;
  if (conversion.full_range) return bt601 ? "1:4:0:0" : "1:3:0:0";
  return bt601 ? "2:4:0:0" : "2:3:0:0";
}

// A picture as GStreamer lays it out.
class Picture {
 public:
  Picture(const Format& format, const char* colorimetry) : layout_(format.layout) {
    gst_video_info_set_format(&info_, format.format, kWidth, kHeight);
    if (colorimetry) {
      gst_video_colorimetry_from_string(&info_.colorimetry, colorimetry);
      info_.chroma_site = GST_VIDEO_CHROMA_SITE_JPEG;
    }
    bytes_.resize(info_.size);
    frame_.info = info_;
    for (std::size_t plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info_); ++plane)
      frame_.data[plane] = bytes_.data() + info_.offset[plane];
  }

  Pixels pixels() const {
    Pixels pixels{layout_, kWidth, kHeight, {}, {}};
    for (std::size_t plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&info_); ++plane) {
      pixels.planes[plane] = frame_.data[plane];
      pixels.strides[plane] = info_.stride[plane];
    }
    return pixels;
  }

  // Colours that change slowly, and all of them.
  void paint() {
    const auto step = static_cast<int>(info_.finfo->pixel_stride[0]);
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x) {
        unsigned char* pixel = bytes_.data() + y * info_.stride[0] + x * step;
        pixel[info_.finfo->poffset[0]] = static_cast<unsigned char>(255 * x / (kWidth - 1));
        pixel[info_.finfo->poffset[1]] = static_cast<unsigned char>(255 * y / (kHeight - 1));
        pixel[info_.finfo->poffset[2]] =
            static_cast<unsigned char>(255 * std::abs(kWidth / 2 - x) / (kWidth / 2));
        if (step == 4) pixel[3] = 255;
      }
  }

  void convert_to(Picture& other) {
    GstStructure* config =
        gst_structure_new("config", GST_VIDEO_CONVERTER_OPT_DITHER_METHOD,
                          GST_TYPE_VIDEO_DITHER_METHOD, GST_VIDEO_DITHER_NONE, nullptr);
    const std::unique_ptr<GstVideoConverter, void (*)(GstVideoConverter*)> converter(
        gst_video_converter_new(&info_, &other.info_, config), gst_video_converter_free);
    gst_video_converter_frame(converter.get(), &frame_, &other.frame_);
  }

  const std::vector<unsigned char>& bytes() const { return bytes_; }

 private:
  PixelLayout layout_;
  GstVideoInfo info_{};
  GstVideoFrame frame_{};
  std::vector<unsigned char> bytes_;
};

int greatest_difference(const Picture& left, const Picture& right) {
  int greatest = 0;
  for (std::size_t i = 0; i < left.bytes().size(); ++i)
    greatest = std::max(greatest, std::abs(left.bytes()[i] - right.bytes()[i]));
  return greatest;
}

template <typename Task>
void for_each_case(const Task& task) {
  for (const ColorMatrix matrix : {ColorMatrix::kBt601, ColorMatrix::kBt709})
    for (const bool full_range : {false, true})
      for (const Format& color : kColorFormats)
        for (const Format& video : kVideoFormats) {
          Conversion conversion;
          conversion.matrix = matrix;
          conversion.full_range = full_range;
          SCOPED_TRACE(std::string(name_of(color.layout)) + ", " + name_of(video.layout) + ", " +
                       colorimetry_of(conversion));
          task(color, video, conversion);
        }
}

// Its arithmetic has 8 bits where ours has 16, so codes differ by a few; another matrix, range or
// order would make tens of it.
constexpr int kTolerance = 4;

TEST(Videoconvert, EncodesTheSame) {
  for_each_case([](const Format& color, const Format& video, const Conversion& conversion) {
    Picture from(color, nullptr);
    from.paint();
    Picture ours(video, colorimetry_of(conversion));
    Picture theirs(video, colorimetry_of(conversion));
    convert_on_cpu(from.pixels(), ours.pixels(), conversion);
    from.convert_to(theirs);
    EXPECT_LE(greatest_difference(ours, theirs), kTolerance);
  });
}

TEST(Videoconvert, ReadsWhatWasEncoded) {
  for_each_case([](const Format& color, const Format& video, const Conversion& conversion) {
    Picture from(color, nullptr);
    from.paint();
    Picture encoded(video, colorimetry_of(conversion));
    convert_on_cpu(from.pixels(), encoded.pixels(), conversion);
    Picture ours(color, nullptr);
    Picture theirs(color, nullptr);
    convert_on_cpu(encoded.pixels(), ours.pixels(), conversion);
    encoded.convert_to(theirs);
    // Between two samples of chroma GStreamer may draw a line where we repeat.
    EXPECT_LE(greatest_difference(ours, theirs), 4 * kTolerance);
  });
}

}  // namespace
}  // namespace webrtcserver
