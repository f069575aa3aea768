// SPDX-License-Identifier: LGPL-2.1-or-later
// The encoders, hardware first. What the properties of hardware are called in which release was
// read in GStreamer's sources (1.20 to 1.28) and NVIDIA's guide; none of it was run on hardware.
// Those of software have been measured.
#include <array>

#include "codec/encoder_catalogue.hpp"
#include "codec/encoder_settings.hpp"
#include "codec/tegra.hpp"

namespace webrtcserver {

using namespace encoder_settings;  // NOLINT: the other half of this table

namespace {

// Inputs
// --------------------------------------------------------------------------------------------
// The first that fits is taken: where the pictures lie, on to the encoder; then by way of system
// memory, with as little as possible to carry. videoconvert passes through what the next element
// takes as it is; it is there for what it does not.

constexpr const char* kScaler = "videoscale add-borders=false";

constexpr const char* kSystem = "video/x-raw";
constexpr const char* kNvmmMemory = "video/x-raw(memory:NVMM)";
constexpr const char* kCudaMemory = "video/x-raw(memory:CUDAMemory)";
constexpr const char* kCuda = "video/x-raw(memory:CUDAMemory),format=NV12";
constexpr const char* kVaMemory = "video/x-raw(memory:VAMemory)";
constexpr const char* kGlMemory = "video/x-raw(memory:GLMemory)";
constexpr const char* kDmaBuf = "video/x-raw(memory:DMABuf)";

// Downloads. The GPU makes 4:2:0 first, where it can: RGBA would be 2.7 times as much.
constexpr const char* kFromCuda =
    "cudaconvert ! video/x-raw(memory:CUDAMemory),format={NV12,I420} ! cudadownload";
constexpr const char* kFromCudaAsItIs = "cudadownload";  // cudaconvert needs NVRTC
constexpr const char* kFromDeepStream = "nvvideoconvert ! video/x-raw,format={I420,NV12}";
constexpr const char* kFromJetson = "nvvidconv ! video/x-raw,format={I420,NV12}";
constexpr const char* kFromVa = "vapostproc ! video/x-raw,format={NV12,I420}";
constexpr const char* kFromGl =
    "glcolorconvert ! video/x-raw(memory:GLMemory),format=I420,texture-target=2D ! gldownload";
constexpr const char* kFromGlForVa = "glcolorconvert ! gldownload";  // may hand on a DMABuf
constexpr const char* kFromDmaBufByGl = "glupload ! glcolorconvert ! gldownload";

constexpr std::array kSoftwareInputs{
    EncoderInput{kSystem, "videoconvert", kScaler},
    EncoderInput{kCudaMemory, "videoconvert", kScaler, kFromCuda},
    EncoderInput{kCudaMemory, "videoconvert", kScaler, kFromCudaAsItIs},
    EncoderInput{kNvmmMemory, "videoconvert", kScaler, kFromDeepStream},
    EncoderInput{kNvmmMemory, "videoconvert", kScaler, kFromJetson},
    EncoderInput{kVaMemory, "videoconvert", kScaler, kFromVa},
    EncoderInput{kGlMemory, "videoconvert", kScaler, kFromGl},
    EncoderInput{kDmaBuf, "videoconvert", kScaler, kFromVa},
    EncoderInput{kDmaBuf, "videoconvert", kScaler, kFromDmaBufByGl},
};

// nvvideoconvert is DeepStream's name, nvvidconv that of a Jetson without it.
constexpr std::array kNvmmInputs{
    EncoderInput{kNvmmMemory, "nvvideoconvert"},
    EncoderInput{kNvmmMemory, "nvvidconv"},
    EncoderInput{kSystem, "videoconvert ! nvvideoconvert"},
    EncoderInput{kSystem, "videoconvert ! nvvidconv"},
    EncoderInput{kNvmmMemory, "videoconvert ! nvvideoconvert", nullptr, kFromDeepStream},
    EncoderInput{kNvmmMemory, "videoconvert ! nvvidconv", nullptr, kFromJetson},
    EncoderInput{kCudaMemory, "videoconvert ! nvvideoconvert", nullptr, kFromCuda},
    EncoderInput{kCudaMemory, "videoconvert ! nvvideoconvert", nullptr, kFromCudaAsItIs},
    EncoderInput{kGlMemory, "videoconvert ! nvvideoconvert", nullptr, kFromGl},
    EncoderInput{kGlMemory, "videoconvert ! nvvidconv", nullptr, kFromGl},
};

// cudaconvert and cudascale are there where CUDA can compile for the card (NVRTC, of the toolkit
// and not of the driver), up to 1.24. NV12, as decoders and our own kernels have it, needs neither.
constexpr std::array kCudaInputs{
    EncoderInput{kCudaMemory, "cudaconvert", "cudascale"},
    EncoderInput{kCuda, "identity", "cudadownload ! videoscale add-borders=false ! cudaupload"},
    EncoderInput{kGlMemory, "cudaupload ! cudaconvert", "cudascale"},
    EncoderInput{kSystem, "videoconvert ! cudaupload ! cudaconvert", "cudascale"},
    EncoderInput{kSystem, "videoconvert ! videoscale add-borders=false ! cudaupload"},
    EncoderInput{kCudaMemory, "videoconvert ! cudaupload ! cudaconvert", "cudascale",
                 kFromCudaAsItIs},
    EncoderInput{kCudaMemory, "videoconvert ! videoscale add-borders=false ! cudaupload", nullptr,
                 kFromCudaAsItIs},
    EncoderInput{kGlMemory, "videoconvert ! videoscale add-borders=false ! cudaupload", nullptr,
                 kFromGl},
    EncoderInput{kNvmmMemory, "videoconvert ! videoscale add-borders=false ! cudaupload", nullptr,
                 kFromDeepStream},
    EncoderInput{kVaMemory, "videoconvert ! videoscale add-borders=false ! cudaupload", nullptr,
                 kFromVa},
};

constexpr std::array kVaInputs{
    EncoderInput{kVaMemory, "vapostproc", nullptr, nullptr, "vadeinterlace"},
    EncoderInput{kVaMemory, "vapostproc"},
    EncoderInput{kDmaBuf, "vapostproc"},
    EncoderInput{kSystem, "videoconvert ! vapostproc"},
    // A driver without video processing has no vapostproc; the encoders upload NV12 themselves.
    EncoderInput{kSystem, "videoconvert", kScaler, nullptr, nullptr, "video/x-raw,format=NV12"},
    EncoderInput{kDmaBuf, "videoconvert ! vapostproc", nullptr, kFromVa},
    EncoderInput{kVaMemory, "videoconvert ! vapostproc", nullptr, kFromVa},
    EncoderInput{kGlMemory, "vapostproc", nullptr, kFromGlForVa},
    EncoderInput{kCudaMemory, "videoconvert ! vapostproc", nullptr, kFromCuda},
    EncoderInput{kCudaMemory, "videoconvert ! vapostproc", nullptr, kFromCudaAsItIs},
};

constexpr std::array kAudioInputs{
    EncoderInput{"audio/x-raw", "audioconvert ! audioresample"},
};

constexpr const char* kNvmm = "video/x-raw(memory:NVMM),format=NV12";
constexpr const char* kVa = "video/x-raw(memory:VAMemory),format=NV12";
// VP8 knows no other colours (RFC 6386, section 9.2); openh264enc does not write which ones it has.
constexpr const char* kBt601 = "video/x-raw,format=I420,colorimetry=bt601";
// Which of them a driver takes is its own affair; nearly all take both.
constexpr const char* kV4l2Input = "video/x-raw,format=(string){NV12,I420}";
constexpr const char* kV4l2Bt601 = "video/x-raw,format=(string){NV12,I420},colorimetry=bt601";
constexpr const char* kBt601Nvmm = "video/x-raw(memory:NVMM),format=NV12,colorimetry=bt601";

// V4L2's drivers make up a level that is too low for the size when none is named, and take the
// first of a list that they know. Not all of them know the constrained profile by its name.
constexpr const char* kV4l2H264Output =
    "video/x-h264,profile=(string){constrained-baseline,baseline},"
    "level=(string){4,4.1,4.2,5,5.1,5.2}";
constexpr const char* kConstrainedBaseline = "video/x-h264,profile=constrained-baseline";
constexpr const char* kH265Main = "video/x-h265,profile=main";
constexpr const char* kVp9Profile0 = "video/x-vp9,profile=(string)0";

constexpr int kMaxSlices = 4;  // more slices than this break Chromium's decoder

// Words
// ---------------------------------------------------------------------------------------------

constexpr const char* kMeasured = "measured, with GStreamer 1.22";
constexpr const char* kFromSource = "GStreamer's source";

// Rows
// ----------------------------------------------------------------------------------------------

constexpr Encoder nvv4l2(const char* codec, const char* factory,
                         std::span<const PropertySetting> settings, const char* output_filter,
                         const char* input_filter = kNvmm) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kNvmmInputs,
          .input_filter = input_filter,
          .output_filter = output_filter,
          .bitrate_property = "bitrate",
          .bitrate_unit = BitrateUnit::kBit,
          .settings = settings,
          .key_frame_action = "force-IDR",
          .even_size = true,
          .obstacle = why_no_tegra_encoder,
          .proof = EncoderProof::kFirstFrame,
          .platform = "NVIDIA Jetson, DeepStream",
          .limits = "An Orin Nano has no encoder; a Thor has the element and no encoder behind it.",
          .source = "NVIDIA's Accelerated GStreamer guide, and the source of its elements"};
}

// The rate control buffer holds one and a half frames of 30 Hz.
constexpr Encoder nvcodec(const char* codec, const char* factory, const char* output_filter) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kCudaInputs,
          .input_filter = kCuda,
          .output_filter = output_filter,
          .bitrate_property = "bitrate",
          .bitrate_unit = BitrateUnit::kKilobit,
          .settings = kNvcodec,
          .buffer_property = "vbv-buffer-size",
          .buffer_ms = 50,
          .even_size = true,
          .platform = "NVIDIA graphics card",
          .limits =
              "GeForce cards encode a few streams at a time; A100, H100 and H200 have no "
              "encoder.",
          .source = kFromSource};
}

constexpr Encoder va(const char* codec, const char* factory, const char* output_filter,
                     std::span<const PropertySetting> settings = kVaapi) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kVaInputs,
          .input_filter = kVa,
          .output_filter = output_filter,
          .bitrate_property = "bitrate",
          .bitrate_unit = BitrateUnit::kKilobit,
          .settings = settings,
          .buffer_property = "cpb-size",
          .buffer_ms = 50,
          .tells_colours = false,  // up to 1.26 no release sets video_signal_type and its like
          .even_size = true,
          .proof = EncoderProof::kFirstFrame,
          .platform = "VA-API: Intel, AMD",
          .limits =
              "Since GStreamer 1.22. Intel's low-power encoders need the HuC firmware for a "
              "constant bitrate.",
          .source = kFromSource};
}

// Behind VA-API, which the same hardware has and which more drivers speak.
constexpr Encoder qsv(const char* codec, const char* factory, const char* output_filter) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kVaInputs,
          .input_filter = kVa,
          .output_filter = output_filter,
          .bitrate_property = "bitrate",
          .bitrate_unit = BitrateUnit::kKilobit,
          .settings = kQsv,
          .even_size = true,
          .proof = EncoderProof::kFirstFrame,
          .platform = "Intel oneVPL",
          .limits = "Since GStreamer 1.22.",
          .source = kFromSource};
}

// The kernel's memory-to-memory encoders.
constexpr Encoder v4l2(const char* codec, const char* factory, const char* output_filter,
                       std::span<const PropertySetting> settings = kV4l2,
                       const char* input_filter = kV4l2Input) {
  return {.codec = codec,
          .factory = factory,
          .inputs = kSoftwareInputs,
          .input_filter = input_filter,
          .output_filter = output_filter,
          .bitrate_property = "extra-controls",
          .bitrate_unit = BitrateUnit::kBit,
          .settings = settings,
          .even_size = true,
          .bitrate_field = "video_bitrate",
          .key_frame_field = "force_key_frame",
          .key_frame_event_since = {1, 22, 4},
          .proof = EncoderProof::kFirstFrame,
          .platform = "V4L2: Raspberry Pi 4, i.MX, MediaTek",
          .limits =
              "Frames are copied into the driver's buffers. Up to 1080p on a Raspberry Pi 4; "
              "a Raspberry Pi 5 has no encoder.",
          .source = "GStreamer's source and the kernel's documentation"};
}

constexpr Encoder openh264() {
  return {.codec = "H264",
          .factory = "openh264enc",
          .inputs = kSoftwareInputs,
          .input_filter = kBt601,
          .output_filter = kConstrainedBaseline,
          .bitrate_property = "bitrate",
          .bitrate_unit = BitrateUnit::kBit,
          .settings = kOpenH264,
          .threads_property = "num-slices",
          .max_threads = kMaxSlices,
          .max_bitrate_property = "max-bitrate",
          .even_size = true,
          .platform = "software",
          .source = kMeasured};
}

constexpr std::array kRows{
    nvv4l2("H264", "nvv4l2h264enc", kNvv4l2H26x, kConstrainedBaseline),
    nvcodec("H264", "nvcudah264enc", kConstrainedBaseline),
    nvcodec("H264", "nvh264enc", kConstrainedBaseline),
    va("H264", "vah264enc", kConstrainedBaseline),
    va("H264", "vah264lpenc", kConstrainedBaseline),
    qsv("H264", "qsvh264enc", kConstrainedBaseline),
    v4l2("H264", "v4l2h264enc", kV4l2H264Output, kV4l2H264),
    Encoder{.codec = "H264",
            .factory = "x264enc",
            .inputs = kSoftwareInputs,
            .input_filter = "video/x-raw,format=I420",
            .output_filter = kConstrainedBaseline,
            .bitrate_property = "bitrate",
            .bitrate_unit = BitrateUnit::kKilobit,
            .settings = kX264,
            .threads_property = "threads",
            .max_threads = kMaxSlices,
            .even_size = true,
            .platform = "software",
            .source = kMeasured},
    openh264(),

    nvv4l2("VP8", "nvv4l2vp8enc", kNvv4l2Vpx, nullptr, kBt601Nvmm),
    va("VP8", "vavp8enc", nullptr),
    v4l2("VP8", "v4l2vp8enc", nullptr, kV4l2, kV4l2Bt601),
    Encoder{.codec = "VP8",
            .factory = "vp8enc",
            .inputs = kSoftwareInputs,
            .input_filter = kBt601,
            .output_filter = nullptr,
            .bitrate_property = "target-bitrate",
            .bitrate_unit = BitrateUnit::kBit,
            .settings = kVp8,
            .threads_property = "threads",
            // Its threads wait for each other in busy loops: with one per core, a frame costs four
            // times as much.
            .max_threads = 4,
            .cores_per_thread = 3,
            .platform = "software",
            .source = kMeasured},

    nvv4l2("VP9", "nvv4l2vp9enc", kNvv4l2Vpx, nullptr),
    va("VP9", "vavp9enc", kVp9Profile0, kVaapiPyramid),
    va("VP9", "vavp9lpenc", kVp9Profile0, kVaapiPyramid),
    qsv("VP9", "qsvvp9enc", kVp9Profile0),
    v4l2("VP9", "v4l2vp9enc", kVp9Profile0),
    Encoder{.codec = "VP9",
            .factory = "vp9enc",
            .inputs = kSoftwareInputs,
            .input_filter = "video/x-raw,format=I420",
            .output_filter = kVp9Profile0,
            .bitrate_property = "target-bitrate",
            .bitrate_unit = BitrateUnit::kBit,
            .settings = kVp9,
            .threads_property = "threads",
            .max_threads = 4,
            .platform = "software",
            .source = kMeasured},

    nvv4l2("H265", "nvv4l2h265enc", kNvv4l2H26x, kH265Main),
    nvcodec("H265", "nvcudah265enc", kH265Main),
    nvcodec("H265", "nvh265enc", kH265Main),
    va("H265", "vah265enc", kH265Main),
    va("H265", "vah265lpenc", kH265Main),
    qsv("H265", "qsvh265enc", kH265Main),
    v4l2("H265", "v4l2h265enc", nullptr),

    nvv4l2("AV1", "nvv4l2av1enc", kNvv4l2Vpx, nullptr),
    nvcodec("AV1", "nvav1enc", nullptr),
    va("AV1", "vaav1enc", nullptr, kVaapiPyramid),
    va("AV1", "vaav1lpenc", nullptr, kVaapiPyramid),
    qsv("AV1", "qsvav1enc", nullptr),
    Encoder{.codec = "AV1",
            .factory = "av1enc",
            .inputs = kSoftwareInputs,
            .input_filter = "video/x-raw,format=I420",
            .output_filter = nullptr,
            .bitrate_property = "target-bitrate",
            .bitrate_unit = BitrateUnit::kKilobit,
            .settings = kAv1,
            .threads_property = "threads",
            .max_threads = 4,
            .platform = "software",
            .limits = "Before GStreamer 1.22 it has no real-time settings and is too slow.",
            .source = kFromSource},
    Encoder{.codec = "AV1",
            .factory = "svtav1enc",
            .inputs = kSoftwareInputs,
            .input_filter = "video/x-raw,format=I420",
            .output_filter = nullptr,
            .bitrate_property = "target-bitrate",
            .bitrate_unit = BitrateUnit::kKilobit,
            .settings = kSvtAv1,
            .even_size = true,
            // It reads the property when it is configured, and never again.
            .bitrate_change = BitrateChange::kRestart,
            .platform = "software",
            .source = kFromSource},

    Encoder{.codec = "OPUS",
            .factory = "opusenc",
            .inputs = kAudioInputs,
            .input_filter = "audio/x-raw,rate=48000",
            .output_filter = nullptr,
            .bitrate_property = "bitrate",
            .bitrate_unit = BitrateUnit::kBit,
            .settings = kOpus,
            .max_channels = 2,
            .fixed_bitrate = 96'000,
            .platform = "software",
            .source = kMeasured},
};

}  // namespace

std::span<const Encoder> encoder_table() {
  return kRows;
}

}  // namespace webrtcserver
