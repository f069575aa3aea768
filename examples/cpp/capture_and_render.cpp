// SPDX-License-Identifier: LGPL-2.1-or-later
// Video from any address to any others: capture_and_render [options] <input> [output …]. See
// README.md.
#include <csignal>
#include <cstdio>
#include <webrtcserver/video.hpp>

namespace {

volatile std::sig_atomic_t ended = 0;

void end(int /*signal*/) {
  ended = 1;
}

}  // namespace

int main(int argc, char** argv) try {
  auto line = webrtcserver::CommandLine::parse(argc, argv);
  if (line.help || line.input.empty()) {
    std::fputs(line.usage().c_str(), line.help ? stdout : stderr);
    return line.help ? 0 : 1;
  }
  if (line.outputs.empty()) line.outputs = {"webrtc://@:8554/output"};

  auto source = webrtcserver::VideoSource::create(line.input, line.options);
  auto output = webrtcserver::VideoOutput::create(line.outputs, line.options);
  output->on_target_failed([](const std::string& uri, const std::string& why) {
    std::fprintf(stderr, "%s goes on without %s: %s\n", "capture_and_render", uri.c_str(),
                 why.c_str());
  });
  // The files are to play also when somebody ends it.
  std::signal(SIGINT, end);
  std::signal(SIGTERM, end);

  while (!ended && source->is_streaming())
    if (auto image = source->capture(std::chrono::seconds(1))) output->render(*image);

  output->close();
  const auto read = source->statistics();
  const auto written = output->statistics();
  std::printf("%llu images of %dx%d, %llu came too late, %llu went too slowly\n",
              static_cast<unsigned long long>(read.frames), read.width, read.height,
              static_cast<unsigned long long>(read.dropped),
              static_cast<unsigned long long>(written.dropped));
  return 0;
} catch (const webrtcserver::Error& error) {
  std::fprintf(stderr, "capture_and_render: %s\n", error.what());
  return 1;
}
