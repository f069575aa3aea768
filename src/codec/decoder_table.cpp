// SPDX-License-Identifier: LGPL-2.1-or-later
// The decoders, hardware first. Rows for hardware follow NVIDIA's and GStreamer's documentation of
// the elements' properties; those of software have been run.
#include <array>

#include "codec/decoder_catalogue.hpp"

namespace webrtcserver {

namespace {

// Outputs
// -------------------------------------------------------------------------------------------
// The converters pass through what the pipeline takes as it is; they are there for what it does
// not.

constexpr const char* kToSystem = "videoconvert ! videoscale add-borders=false";

constexpr std::array kSystemOutputs{
    DecoderOutput{"video/x-raw", kToSystem},
    DecoderOutput{"video/x-raw(memory:CUDAMemory)", "videoconvert ! cudaupload ! cudaconvert"},
    DecoderOutput{"video/x-raw(memory:NVMM)", "videoconvert ! nvvideoconvert"},
    DecoderOutput{"video/x-raw(memory:NVMM)", "videoconvert ! nvvidconv"},
    DecoderOutput{"video/x-raw(memory:VAMemory)", "videoconvert ! vapostproc"},
    DecoderOutput{"video/x-raw(memory:GLMemory)", "videoconvert ! glupload ! glcolorconvert"},
};

// nvvideoconvert is DeepStream's name, nvvidconv that of a Jetson without it. The second converter
// is for formats that the first does not make.
constexpr std::array kNvmmOutputs{
    DecoderOutput{"video/x-raw(memory:NVMM)", "nvvideoconvert"},
    DecoderOutput{"video/x-raw(memory:NVMM)", "nvvidconv"},
    DecoderOutput{"video/x-raw",
                  "nvvideoconvert ! video/x-raw ! videoconvert ! videoscale add-borders=false"},
    DecoderOutput{"video/x-raw",
                  "nvvidconv ! video/x-raw ! videoconvert ! videoscale add-borders=false"},
};

// These decoders write to system memory themselves where that is wanted.
constexpr std::array kCudaOutputs{
    DecoderOutput{"video/x-raw(memory:CUDAMemory)", "cudaconvert ! cudascale"},
    DecoderOutput{"video/x-raw", kToSystem},
    DecoderOutput{"video/x-raw(memory:GLMemory)", "glcolorconvert"},
};
constexpr std::array kVaOutputs{
    DecoderOutput{"video/x-raw(memory:VAMemory)", "vapostproc"},
    DecoderOutput{"video/x-raw", kToSystem},
};

constexpr std::array kAudioOutputs{
    DecoderOutput{"audio/x-raw", "audioconvert ! audioresample"},
};

// Settings
// ------------------------------------------------------------------------------------------
// A broken picture is no error: the decoder asks for a key frame and goes on.

constexpr PropertySetting kAsk{"automatic-request-sync-points", "true"};
constexpr PropertySetting kKeepOn{"max-errors", "-1"};
constexpr PropertySetting kNoQos{"qos", "false"};

constexpr std::array kVideo{kAsk, kKeepOn, kNoQos};

constexpr std::array kNvv4l2{
    kAsk,
    kKeepOn,
    kNoQos,
    PropertySetting{"enable-max-performance", "true"},
    PropertySetting{"disable-dpb", "true"},       // no reordering: browsers send no B-frames
    PropertySetting{"low-latency-mode", "true"},  // its name in newer releases
};

// With a thread for each frame the decoder would hold as many frames back.
constexpr std::array kLibav{
    kAsk,
    kKeepOn,
    kNoQos,
    PropertySetting{"thread-type", "slice"},
    PropertySetting{"output-corrupt", "false"},
};

constexpr std::array kOpus{
    PropertySetting{"plc", "true"},
    PropertySetting{"use-inband-fec", "true"},
    kKeepOn,
};

// Rows
// ----------------------------------------------------------------------------------------------

constexpr Decoder nvv4l2(const char* codec) {
  return {codec, "nvv4l2decoder", kNvmmOutputs, kNvv4l2, true, "NVIDIA Jetson, DeepStream"};
}

constexpr Decoder nvcodec(const char* codec, const char* factory) {
  return {codec, factory, kCudaOutputs, kVideo, true, "NVIDIA graphics card"};
}

constexpr Decoder va(const char* codec, const char* factory) {
  return {codec, factory, kVaOutputs, kVideo, true, "VA-API: Intel, AMD"};
}

constexpr Decoder system_memory(const char* codec, const char* factory,
                                std::span<const PropertySetting> settings = kVideo) {
  return {codec, factory, kSystemOutputs, settings, true, "software"};
}

// The kernel's: stateless ("sl") where the driver leaves the parsing to GStreamer, which has that
// since 1.20, and AV1 since 1.24.
constexpr Decoder v4l2(const char* codec, const char* factory) {
  return {codec, factory, kSystemOutputs, kVideo, true, "V4L2: Raspberry Pi, i.MX, Rockchip"};
}

constexpr std::array kRows{
    nvv4l2("H264"),
    nvcodec("H264", "nvh264dec"),
    va("H264", "vah264dec"),
    v4l2("H264", "v4l2slh264dec"),
    v4l2("H264", "v4l2h264dec"),
    system_memory("H264", "avdec_h264", kLibav),
    system_memory("H264", "openh264dec"),

    nvv4l2("VP8"),
    nvcodec("VP8", "nvvp8dec"),
    va("VP8", "vavp8dec"),
    v4l2("VP8", "v4l2slvp8dec"),
    v4l2("VP8", "v4l2vp8dec"),
    system_memory("VP8", "vp8dec"),
    system_memory("VP8", "avdec_vp8", kLibav),

    nvv4l2("VP9"),
    nvcodec("VP9", "nvvp9dec"),
    va("VP9", "vavp9dec"),
    v4l2("VP9", "v4l2slvp9dec"),
    v4l2("VP9", "v4l2vp9dec"),
    system_memory("VP9", "vp9dec"),
    system_memory("VP9", "avdec_vp9", kLibav),

    nvv4l2("H265"),
    nvcodec("H265", "nvh265dec"),
    va("H265", "vah265dec"),
    v4l2("H265", "v4l2slh265dec"),
    v4l2("H265", "v4l2h265dec"),
    system_memory("H265", "avdec_h265", kLibav),
    system_memory("H265", "libde265dec"),

    nvv4l2("AV1"),
    nvcodec("AV1", "nvav1dec"),
    va("AV1", "vaav1dec"),
    v4l2("AV1", "v4l2slav1dec"),
    system_memory("AV1", "dav1ddec"),
    system_memory("AV1", "av1dec"),

    Decoder{"OPUS", "opusdec", kAudioOutputs, kOpus, false, "software"},
    Decoder{"OPUS", "avdec_opus", kAudioOutputs, {}, false, "software"},
};

}  // namespace

std::span<const Decoder> decoder_table() {
  return kRows;
}

}  // namespace webrtcserver
