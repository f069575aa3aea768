// SPDX-License-Identifier: LGPL-2.1-or-later
// OpenCV between a source and an output, without a copy: opencv_mat [options] <input> [output …].
// See README.md.
#include <csignal>
#include <cstdio>
#include <opencv2/imgproc.hpp>
#include <webrtcserver/video.hpp>

namespace {

using webrtcserver::Image;
using webrtcserver::PixelFormat;

volatile std::sig_atomic_t ended = 0;

void end(int /*signal*/) {
  ended = 1;
}

// The image's own pixels as OpenCV has them, which has no word for those that are only read. Good
// for as long as the image is.
cv::Mat to_read(const Image& image) {
  return {image.height(), image.width(), CV_8UC3, const_cast<std::uint8_t*>(image.data()),
          static_cast<std::size_t>(image.stride())};
}

cv::Mat to_write(Image& image) {
  return {image.height(), image.width(), CV_8UC3, image.mutable_data(),
          static_cast<std::size_t>(image.stride())};
}

// OpenCV's pixels as an image, which holds the cv::Mat until nobody reads it any more.
Image to_image(const cv::Mat& mat, PixelFormat format) {
  return Image::wrap(mat.data, mat.cols, mat.rows, format, static_cast<std::ptrdiff_t>(mat.step),
                     [mat] {});
}

// Draws into the image itself.
void write_on(Image& image, const std::string& text) {
  cv::Mat picture = to_write(image);
  cv::putText(picture, text, {8, image.height() - 8}, cv::FONT_HERSHEY_SIMPLEX, 0.5,
              {255, 255, 255}, 1, cv::LINE_AA);
}

// A new picture, which takes the place of the image.
Image edges_of(const Image& image) {
  cv::Mat edges;
  cv::Canny(to_read(image), edges, 50, 150);
  Image drawn = to_image(edges, PixelFormat::kGray8);
  drawn.set_timestamp(image.timestamp());
  return drawn;
}

}  // namespace

int main(int argc, char** argv) try {
  auto line = webrtcserver::CommandLine::parse(
      argc, argv, {{"draw", "WHAT", "text, over the picture, or edges, in its place"}});
  if (line.help || line.input.empty()) {
    std::fputs(line.usage().c_str(), line.help ? stdout : stderr);
    return line.help ? 0 : 1;
  }
  const std::string draw = line.values.count("draw") > 0 ? line.values["draw"] : "text";
  if (draw != "text" && draw != "edges") {
    std::fprintf(stderr, "opencv_mat: --draw is text or edges, not %s\n", draw.c_str());
    return 1;
  }
  if (line.outputs.empty()) line.outputs = {"webrtc://@:8554/output"};
  // What OpenCV calls CV_8UC3.
  line.options.format = to_string(PixelFormat::kBgr);

  auto source = webrtcserver::VideoSource::create(line.input, line.options);
  auto output = webrtcserver::VideoOutput::create(line.outputs, line.options);
  std::signal(SIGINT, end);
  std::signal(SIGTERM, end);

  while (!ended && source->is_streaming()) {
    auto image = source->capture(std::chrono::seconds(1));
    if (!image) continue;
    if (draw == "edges") {
      output->render(edges_of(*image));
    } else {
      write_on(*image, std::to_string(image->width()) + "x" + std::to_string(image->height()));
      output->render(*image);
    }
  }
  output->close();
  return 0;
} catch (const webrtcserver::Error& error) {
  std::fprintf(stderr, "opencv_mat: %s\n", error.what());
  return 1;
}
