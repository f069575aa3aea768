// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/download.hpp"

#include <array>

#include "codec/element_probe.hpp"

namespace webrtcserver {

namespace {

struct Download {
  const char* caps;
  const char* elements;
};

// In order of preference. Where one element has both memories, system memory is asked for by name.
// (Encoders have ways of their own, in encoder_table.cpp, that make 4:2:0 of the pictures first.)
constexpr std::array kDownloads{
    Download{"video/x-raw(memory:CUDAMemory)", "cudadownload ! capsfilter caps=video/x-raw"},
    // DeepStream's converter, and that of a Jetson without it.
    Download{"video/x-raw(memory:NVMM)", "nvvideoconvert ! capsfilter caps=video/x-raw"},
    Download{"video/x-raw(memory:NVMM)", "nvvidconv ! capsfilter caps=video/x-raw"},
    Download{"video/x-raw(memory:VAMemory)", "vapostproc ! capsfilter caps=video/x-raw"},
    Download{"video/x-raw(memory:GLMemory)",
             "glcolorconvert ! gldownload ! capsfilter caps=video/x-raw"},
    Download{"video/x-raw(memory:DMABuf)", "vapostproc ! capsfilter caps=video/x-raw"},
    Download{"video/x-raw(memory:DMABuf)",
             "glupload ! glcolorconvert ! gldownload ! capsfilter caps=video/x-raw"},
};

}  // namespace

const char* download_for(const GstCaps* caps) {
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    const auto one = Ref<GstCaps>::adopt(gst_caps_copy_nth(caps, i));
    for (const Download& download : kDownloads) {
      const auto taken = Ref<GstCaps>::adopt(gst_caps_from_string(download.caps));
      if (gst_caps_can_intersect(one.get(), taken.get()) && can_build(download.elements))
        return download.elements;
    }
  }
  return nullptr;
}

bool may_be_in_system_memory(const GstCaps* caps) {
  const auto system = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("video/x-raw"));
  return gst_caps_can_intersect(caps, system.get()) != FALSE;
}

std::string memories_of(const GstCaps* caps) {
  std::string text;
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    const std::string memory =
        take_string(gst_caps_features_to_string(gst_caps_get_features(caps, i)));
    if (text.find(memory) == std::string::npos) text += (text.empty() ? "" : ", ") + memory;
  }
  return text;
}

}  // namespace webrtcserver
