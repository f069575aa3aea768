// SPDX-License-Identifier: LGPL-2.1-or-later
// NVIDIA's nvvideo4linux2 plugin, as gstv4l2videoenc.c, gstv4l2h264enc.c and gstv4l2videodec.c of
// its published sources (L4T 35 and 36, DeepStream 6 and 7) have it, and as gst-inspect-1.0 prints
// it on a Jetson. One source makes two sets of properties: for the Tegra, and for desktop cards.
#include "doubles/base_contracts.hpp"
#include "doubles/contracts.hpp"

namespace webrtcserver::doubles {

namespace {

constexpr std::array kRateControls{Choice{0, "variable_bitrate"}, Choice{1, "constant_bitrate"}};
constexpr std::array kDesktopRateControls{Choice{0, "variable_bitrate"},
                                          Choice{1, "constant_bitrate"}, Choice{2, "constantQP"}};
constexpr std::array kPresetLevels{Choice{0, "DisablePreset"}, Choice{1, "UltraFastPreset"},
                                   Choice{2, "FastPreset"}, Choice{3, "MediumPreset"},
                                   Choice{4, "SlowPreset"}};
constexpr std::array kTunings{Choice{1, "HighQualityPreset"}, Choice{2, "LowLatencyPreset"},
                              Choice{3, "UltraLowLatencyPreset"}, Choice{4, "LosslessPreset"}};
constexpr std::array kH264Profiles{Choice{0, "Baseline"}, Choice{2, "Main"}, Choice{4, "High"},
                                   Choice{7, "High444"}};
constexpr std::array kH265Profiles{Choice{0, "Main"}, Choice{1, "Main10"}, Choice{3, "FREXT"}};
constexpr std::array kOutputModes{Choice{0, "auto"}, Choice{2, "mmap"}, Choice{5, "dmabuf-import"}};
constexpr std::array kCaptureModes{Choice{0, "auto"}, Choice{2, "mmap"}};
constexpr std::array kSkipped{Choice{0, "decode_all"}, Choice{1, "decode_non_ref"},
                              Choice{2, "decode_key"}};

// The bitrate is documented as changeable up to READY; its source sets it on the open device, which
// applies it at once.
constexpr std::array kBase{
    boolean("qos", false, Until::kAlways),
    natural64("min-force-key-unit-interval", 0, Until::kAlways),
    natural("bitrate", kMaxUint, 4'000'000, Until::kAlways),
    natural("iframeinterval", kMaxUint, 30),
    natural("idrinterval", kMaxUint, 256),
    text("qp-range"),
    structure("extra-controls"),
    text("device", Until::kReady, false),
};
constexpr std::array kTegra{
    choice("control-rate", kRateControls, 1),
    natural("peak-bitrate", kMaxUint, 0, Until::kAlways),
    natural("quant-i-frames", kMaxUint, kMaxUint),
    natural("quant-p-frames", kMaxUint, kMaxUint),
    natural("quant-b-frames", kMaxUint, kMaxUint),
    choice("preset-level", kPresetLevels, 1),
    natural("vbv-size", kMaxUint, 4'000'000),
    boolean("MeasureEncoderLatency", false),
    boolean("ratecontrol-enable", true),
    boolean("maxperf-enable", false),
    choice("output-io-mode", kOutputModes, 0),
    choice("capture-io-mode", kCaptureModes, 0),
};
constexpr std::array kTegraH264{
    choice("profile", kH264Profiles, 0),
    natural("poc-type", 2, 0),
    boolean("insert-vui", false),
    boolean("insert-sps-pps", false),
    boolean("insert-aud", false),
    natural("num-B-Frames", 2, 0),
    boolean("disable-cabac", false),
    boolean("bit-packetization", false),
    natural64("slice-header-spacing", 0),
    boolean("EnableMVBufferMeta", false),
    natural("SliceIntraRefreshInterval", kMaxUint, 0),
    boolean("EnableTwopassCBR", false),
    natural("num-Ref-Frames", 8, 1),
    boolean("enable-lossless", false),
};
constexpr std::array kTegraH265{
    choice("profile", kH265Profiles, 0),
    boolean("insert-vui", false),
    boolean("insert-sps-pps", false),
    boolean("insert-aud", false),
    natural("num-B-Frames", 2, 0),
    boolean("bit-packetization", false),
    natural64("slice-header-spacing", 0),
    boolean("EnableMVBufferMeta", false),
    natural("SliceIntraRefreshInterval", kMaxUint, 0),
    boolean("EnableTwopassCBR", false),
    natural("num-Ref-Frames", 8, 1),
    boolean("enable-lossless", false),
};
constexpr std::array kDesktop{
    choice("control-rate", kDesktopRateControls, 1),
    natural("gpu-id", kMaxUint, 0),
    natural("preset-id", 7, 1),
    text("constqp"),
    text("initqp"),
    choice("tuning-info-id", kTunings, 2),
    boolean("force-idr", false, Until::kAlways),
    boolean("force-intra", false, Until::kAlways),
    boolean("copy-meta", false),
};
constexpr std::array kDesktopH264{
    choice("profile", kH264Profiles, 0),
    boolean("extended-colorformat", false),
};
constexpr std::array kDesktopH265{
    choice("profile", kH265Profiles, 0),
    boolean("extended-colorformat", false),
};

constexpr const char* kSink =
    "video/x-raw(memory:NVMM),width=(int)[1,max],height=(int)[1,max],"
    "format=(string){I420,NV12,P010_10LE,NV24},framerate=(fraction)[0,max]";
constexpr const char* kH264 = "video/x-h264,stream-format=(string)byte-stream,alignment=(string)au";
constexpr const char* kH265 = "video/x-h265,stream-format=(string)byte-stream,alignment=(string)au";
constexpr const char* kEncoder = "Codec/Encoder/Video";

constexpr ElementContract tegra(const char* factory, std::span<const Property> own, const char* src,
                                const char* coder) {
  return {factory,   "Tegra", kEncoder,           kSink,           src,  {kBase, kTegra, own},
          "bitrate", 1,       KeyFrames::kAction, Opens::kAtReady, coder};
}
constexpr ElementContract desktop(const char* factory, std::span<const Property> own,
                                  const char* src, const char* coder) {
  return {factory,         "desktop", kEncoder,
          kSink,           src,       {kBase, kDesktop, own},
          "bitrate",       1,         KeyFrames::kProperty,
          Opens::kAtReady, coder};
}

constexpr const char* kX264 =
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 threads=1 name=coder";
constexpr const char* kX265 =
    "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 "
    "option-string=scenecut=0 name=coder";
constexpr const char* kVp8 =
    "vp8enc deadline=1 cpu-used=16 lag-in-frames=0 keyframe-mode=disabled name=coder";
constexpr const char* kVp9 =
    "vp9enc deadline=1 cpu-used=9 lag-in-frames=0 keyframe-mode=disabled name=coder";

constexpr ElementContract kTegraH264enc = tegra("nvv4l2h264enc", kTegraH264, kH264, kX264);
constexpr ElementContract kTegraH265enc = tegra("nvv4l2h265enc", kTegraH265, kH265, kX265);
constexpr ElementContract kTegraVp8enc = tegra("nvv4l2vp8enc", {}, "video/x-vp8", kVp8);
constexpr ElementContract kTegraVp9enc = tegra("nvv4l2vp9enc", {}, "video/x-vp9", kVp9);
constexpr ElementContract kDesktopH264enc = desktop("nvv4l2h264enc", kDesktopH264, kH264, kX264);
constexpr ElementContract kDesktopH265enc = desktop("nvv4l2h265enc", kDesktopH265, kH265, kX265);

// ---- the decoder, of which there is one for all codecs

constexpr std::array kDecoder{
    choice("skip-frames", kSkipped, 0, Until::kAlways),
    natural("drop-frame-interval", 30, 0),
    natural("num-extra-surfaces", 24, 0),
    structure("extra-controls"),
};
constexpr std::array kTegraDecoder{
    boolean("disable-dpb", false),
    boolean("enable-full-frame", false),
    boolean("enable-frame-type-reporting", false),
    boolean("mjpeg", false),
    boolean("enable-error-check", false),
    boolean("enable-max-performance", false),
};
constexpr std::array kMemoryTypes{Choice{0, "memtype_device"}, Choice{1, "memtype_pinned"},
                                  Choice{2, "memtype_unified"}};
constexpr std::array kDesktopDecoder{
    choice("cudadec-memtype", kMemoryTypes, 0),
    natural("gpu-id", kMaxUint, 0),
    boolean("low-latency-mode", false),
};

constexpr const char* kDecoded =
    "video/x-raw(memory:NVMM),width=(int)[1,max],height=(int)[1,max],framerate=(fraction)[0,max]";
constexpr const char* kEncoded =
    "video/x-h264,stream-format=(string){byte-stream},alignment=(string){au};"
    "video/x-h265,stream-format=(string){byte-stream},alignment=(string){au};"
    "video/x-vp8;video/x-vp9";

constexpr ElementContract decoder(const char* release, std::span<const Property> own) {
  return {.factory = "nvv4l2decoder",
          .release = release,
          .klass = "Codec/Decoder/Video",
          .sink_caps = kEncoded,
          .src_caps = kDecoded,
          .properties = {kVideoDecoder, kDecoder, own}};
}
constexpr ElementContract kTegraDec = decoder("Tegra", kTegraDecoder);
constexpr ElementContract kDesktopDec = decoder("desktop", kDesktopDecoder);

}  // namespace

Contracts jetson() {
  return {&kTegraH264enc, &kTegraH265enc, &kTegraVp8enc, &kTegraVp9enc, &kTegraDec};
}

Contracts deepstream() {
  return {&kDesktopH264enc, &kDesktopH265enc, &kDesktopDec};
}

}  // namespace webrtcserver::doubles
