// SPDX-License-Identifier: LGPL-2.1-or-later
// What a network would make, in browsers: tensor_to_browser [options] [output …]. See README.md.
//
// The picture is a tensor of floats, channel × height × width, as networks have it. Here the CPU
// fills it; one of a CUDA device goes the same way, with its stream as a second argument of
// render().
#include <webrtcserver/video.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

volatile std::sig_atomic_t ended = 0;

void end(int /*signal*/) {
  ended = 1;
}

// A gradient that moves; from 0 to 1.
void paint(std::vector<float>& tensor, int width, int height, float seconds) {
  float* value = tensor.data();
  for (int channel = 0; channel < 3; ++channel) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const float across = static_cast<float>(x) / static_cast<float>(width);
        const float down = static_cast<float>(y) / static_cast<float>(height);
        *value++ = 0.5F + 0.5F * std::sin(6 * across + 3 * down + 2 * static_cast<float>(channel) +
                                          seconds);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) try {
  auto line = webrtcserver::CommandLine::parse(argc, argv);
  if (line.help) {
    std::fputs(line.usage().c_str(), stdout);
    return 0;
  }
  // There is no input: what stands first is an output.
  if (!line.input.empty()) line.outputs.insert(line.outputs.begin(), line.input);
  if (line.outputs.empty()) line.outputs = {"webrtc://@:8554/output"};
  const int width = line.options.input_width ? static_cast<int>(line.options.input_width) : 640;
  const int height = line.options.input_height ? static_cast<int>(line.options.input_height) : 360;
  const auto number = line.options.num_frames;

  auto output = webrtcserver::VideoOutput::create(line.outputs, line.options);
  std::signal(SIGINT, end);
  std::signal(SIGTERM, end);

  std::vector<float> tensor(std::size_t{3} * static_cast<std::size_t>(width) *
                            static_cast<std::size_t>(height));
  webrtcserver::Pixels picture(tensor.data(), width, height,
                               webrtcserver::PixelFormat::kPlanarRgbFloat);
  const auto begin = std::chrono::steady_clock::now();
  constexpr std::chrono::nanoseconds kStep(1'000'000'000 / 30);
  for (std::uint64_t i = 0; !ended && (number == 0 || i < number); ++i) {
    const auto time = kStep * i;
    std::this_thread::sleep_until(begin + time);
    paint(tensor, width, height, std::chrono::duration<float>(time).count());
    picture.timestamp = time;
    output->render(picture);  // has read the tensor when it returns
  }
  output->close();
  return 0;
} catch (const webrtcserver::Error& error) {
  std::fprintf(stderr, "tensor_to_browser: %s\n", error.what());
  return 1;
}
