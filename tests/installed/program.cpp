// SPDX-License-Identifier: LGPL-2.1-or-later
// The program of docs/cpp.md, as it stands there but for its addresses.
#include <webrtcserver/video.hpp>

int main(int /*argc*/, char** argv) {
  auto source = webrtcserver::VideoSource::create(argv[1]);
  auto output = webrtcserver::VideoOutput::create(argv[2]);
  while (source->is_streaming())
    if (auto image = source->capture(std::chrono::seconds(1))) output->render(*image);
}
