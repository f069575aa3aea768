// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin nvcodec, read in GStreamer 1.20.7, 1.22.0, 1.24.0, 1.26.0 and 1.28.0
// (gst-plugins-bad/sys/nvcodec): gstnvbaseenc.c and gstnvh264enc.c, gstnvh265enc.c up to 1.24;
// gstnvencoder.cpp, gstnvh264encoder.cpp and gstnvh265encoder.cpp from 1.22, which have the names
// nvh264enc and nvh265enc from 1.26; gstnvav1encoder.cpp from 1.26; gstnvh264dec.c(pp) and their
// like. Formats and sizes are those that their documentation gives for an RTX 2080.
#include "doubles/base_contracts.hpp"
#include "doubles/contracts.hpp"

namespace webrtcserver::doubles {

namespace {

// ---- choices

constexpr std::array kOldPresets{Choice{0, "default"},
                                 Choice{1, "hp"},
                                 Choice{2, "hq"},
                                 Choice{3, "low-latency"},
                                 Choice{4, "low-latency-hq"},
                                 Choice{5, "low-latency-hp"},
                                 Choice{6, "lossless"},
                                 Choice{7, "lossless-hp"}};
constexpr std::array kPresets{Choice{0, "default"},
                              Choice{1, "hp"},
                              Choice{2, "hq"},
                              Choice{3, "low-latency"},
                              Choice{4, "low-latency-hq"},
                              Choice{5, "low-latency-hp"},
                              Choice{6, "lossless"},
                              Choice{7, "lossless-hp"},
                              Choice{8, "p1"},
                              Choice{9, "p2"},
                              Choice{10, "p3"},
                              Choice{11, "p4"},
                              Choice{12, "p5"},
                              Choice{13, "p6"},
                              Choice{14, "p7"}};
// Of nvh264enc up to 1.24.
constexpr std::array kOldRateControls{
    Choice{0, "default"},   Choice{1, "constqp"},   Choice{2, "cbr"},    Choice{3, "vbr"},
    Choice{4, "vbr-minqp"}, Choice{5, "cbr-ld-hq"}, Choice{6, "cbr-hq"}, Choice{7, "vbr-hq"}};
// Of nvcudah264enc in 1.22 and 1.24: another spelling of "constqp", and no "default".
constexpr std::array kCudaRateControls{Choice{0, "cqp"},    Choice{1, "vbr"},
                                       Choice{2, "cbr"},    Choice{3, "cbr-ld-hq"},
                                       Choice{4, "cbr-hq"}, Choice{5, "vbr-hq"}};
constexpr std::array kTunes{Choice{0, "default"}, Choice{1, "high-quality"},
                            Choice{2, "low-latency"}, Choice{3, "ultra-low-latency"},
                            Choice{4, "lossless"}};
constexpr std::array kMultiPasses{Choice{0, "default"}, Choice{1, "disabled"},
                                  Choice{2, "two-pass-quarter"}, Choice{3, "two-pass"}};
constexpr std::array kInsertions{Choice{0, "insert"}, Choice{1, "insert-and-drop"},
                                 Choice{2, "disabled"}};

constexpr double kMaxBitrate = 2000 * 1024;  // kbit/s
constexpr double kBFrames = 4;               // what the card can do; a Pascal card says 0
constexpr Until kPlaying = Until::kAlways;

// ---- nvh264enc and nvh265enc up to 1.24

constexpr std::array kOldBase{
    choice("preset", kOldPresets, 0, kPlaying),
    choice("rc-mode", kOldRateControls, 0, kPlaying),
    whole("qp-min", -1, 51, -1, kPlaying),
    whole("qp-max", -1, 51, -1, kPlaying),
    whole("qp-const", -1, 51, -1, kPlaying),
    whole("gop-size", -1, kMaxInt, 75, kPlaying),
    natural("bitrate", kMaxBitrate, 0, kPlaying),
    natural("max-bitrate", kMaxBitrate, 0, kPlaying),
    boolean("spatial-aq", false, kPlaying),
    natural("aq-strength", 15, 0, kPlaying),
    boolean("nonref-p", false, kPlaying),
    boolean("zerolatency", false, kPlaying),
    boolean("strict-gop", false, kPlaying),
    real("const-quality", 0, 51, 0, kPlaying),
    boolean("i-adapt", false),
    whole("qp-min-i", -1, 51, -1, kPlaying),
    whole("qp-min-p", -1, 51, -1, kPlaying),
    whole("qp-min-b", -1, 51, -1, kPlaying),
    whole("qp-max-i", -1, 51, -1, kPlaying),
    whole("qp-max-p", -1, 51, -1, kPlaying),
    whole("qp-max-b", -1, 51, -1, kPlaying),
    whole("qp-const-i", -1, 51, -1, kPlaying),
    whole("qp-const-p", -1, 51, -1, kPlaying),
    whole("qp-const-b", -1, 51, -1, kPlaying),
};
// Those that depend on the card are there.
constexpr std::array kOldCodec{
    boolean("aud", true, kPlaying),
    boolean("weighted-pred", false, kPlaying),
    // Said to be changeable up to READY only; its source applies it at the next frame. In kbit.
    natural("vbv-buffer-size", kMaxUint, 0, kPlaying),
    natural("rc-lookahead", 32, 0),
    boolean("temporal-aq", false, kPlaying),
    natural("bframes", kBFrames, 0),
    boolean("b-adapt", false),
};

// ---- nvcudah264enc and nvcudah265enc, 1.22 and 1.24
// All of these set a flag that has the encoder configured anew at the next frame: they may come at
// any time, though nothing in their flags says so.

constexpr std::array kCudaShared{
    boolean("weighted-pred", false, kPlaying),
    whole("gop-size", -1, kMaxInt, 30, kPlaying),
    natural("b-frames", kBFrames, 0, kPlaying),
    choice("rate-control", kCudaRateControls, 1, kPlaying),
    whole("qp-i", -1, 51, -1, kPlaying),
    whole("qp-p", -1, 51, -1, kPlaying),
    whole("qp-b", -1, 51, -1, kPlaying),
    natural("bitrate", kMaxBitrate, 0, kPlaying),
    natural("max-bitrate", kMaxBitrate, 0, kPlaying),
    natural("vbv-buffer-size", kMaxUint, 0, kPlaying),
    natural("rc-lookahead", 32, 0, kPlaying),
    boolean("i-adapt", false, kPlaying),
    boolean("b-adapt", false, kPlaying),
    boolean("spatial-aq", false, kPlaying),
    boolean("temporal-aq", false, kPlaying),
    boolean("zero-reorder-delay", false, kPlaying),
    boolean("nonref-p", false, kPlaying),
    boolean("strict-gop", false, kPlaying),
    natural("aq-strength", 15, 0, kPlaying),
    whole("min-qp-i", -1, 51, -1, kPlaying),
    whole("min-qp-p", -1, 51, -1, kPlaying),
    whole("min-qp-b", -1, 51, -1, kPlaying),
    whole("max-qp-i", -1, 51, -1, kPlaying),
    whole("max-qp-p", -1, 51, -1, kPlaying),
    whole("max-qp-b", -1, 51, -1, kPlaying),
    real("const-quality", 0, 51, 0, kPlaying),
    boolean("aud", true, kPlaying),
    boolean("repeat-sequence-header", false, kPlaying),
};
constexpr std::array kCuda22{choice("preset", kOldPresets, 0, kPlaying)};
constexpr std::array kCuda24{
    choice("preset", kPresets, 0, kPlaying),
    choice("tune", kTunes, 0, kPlaying),
    choice("multi-pass", kMultiPasses, 0, kPlaying),
    choice("cc-insert", kInsertions, 0),
};
constexpr std::array kCabac{boolean("cabac", true, kPlaying)};

// ---- nvh264enc, nvh265enc and nvav1enc from 1.26

constexpr std::array kNewBase{
    choice("preset", kPresets, 0, kPlaying),
    choice("tune", kTunes, 0, kPlaying),
    choice("multi-pass", kMultiPasses, 0, kPlaying),
    boolean("weighted-pred", false, kPlaying),
    whole("gop-size", -1, kMaxInt, 75, kPlaying),
    natural("bframes", kBFrames, 0, kPlaying),
    choice("rc-mode", kOldRateControls, 0, kPlaying),
    natural("bitrate", kMaxBitrate, 0, kPlaying),
    natural("max-bitrate", kMaxBitrate, 0, kPlaying),
    natural("vbv-buffer-size", kMaxUint, 0, kPlaying),
    natural("rc-lookahead", 32, 0, kPlaying),
    boolean("i-adapt", false, kPlaying),
    boolean("b-adapt", false, kPlaying),
    boolean("spatial-aq", false, kPlaying),
    boolean("temporal-aq", false, kPlaying),
    boolean("zerolatency", false, kPlaying),
    boolean("nonref-p", false, kPlaying),
    boolean("strict-gop", false, kPlaying),
    natural("aq-strength", 15, 0, kPlaying),
    real("const-quality", 0, 51, 0, kPlaying),
    choice("cc-insert", kInsertions, 0),
};
constexpr std::array kNewH26x{
    whole("qp-const", -1, 51, -1, kPlaying),
    whole("qp-const-i", -1, 51, -1, kPlaying),
    whole("qp-const-p", -1, 51, -1, kPlaying),
    whole("qp-const-b", -1, 51, -1, kPlaying),
    whole("qp-min", -1, 51, -1, kPlaying),
    whole("qp-min-i", -1, 51, -1, kPlaying),
    whole("qp-min-p", -1, 51, -1, kPlaying),
    whole("qp-min-b", -1, 51, -1, kPlaying),
    whole("qp-max", -1, 51, -1, kPlaying),
    whole("qp-max-i", -1, 51, -1, kPlaying),
    whole("qp-max-p", -1, 51, -1, kPlaying),
    whole("qp-max-b", -1, 51, -1, kPlaying),
    boolean("aud", true, kPlaying),
    boolean("repeat-sequence-header", false, kPlaying),
};
constexpr std::array kNewH26xOf28 = [] {
  std::array<Property, kNewH26x.size() + 1> all{};
  for (std::size_t i = 0; i < kNewH26x.size(); ++i) all[i] = kNewH26x[i];
  all.back() = natural("num-slices", 32, 0, kPlaying);
  return all;
}();

// ---- caps

#define OLD_RAW                                                                \
  "format=(string){NV12,YV12,I420,BGRA,RGBA,Y444,VUYA},width=(int)[145,4096]," \
  "height=(int)[49,4096],interlace-mode=(string)progressive"
#define NEW_RAW                                                                \
  "format=(string){NV12,Y444,VUYA,RGBA,RGBx,BGRA,BGRx},width=(int)[160,4096]," \
  "height=(int)[64,4096],interlace-mode=(string)progressive"
#define CUDA_RAW "format=(string){NV12,Y444},width=(int)[160,4096],height=(int)[64,4096]"

constexpr const char* kOldSink = "video/x-raw," OLD_RAW ";video/x-raw(memory:GLMemory)," OLD_RAW
                                 ";video/x-raw(memory:CUDAMemory)," OLD_RAW;
constexpr const char* kCudaSink =
    "video/x-raw(memory:CUDAMemory)," CUDA_RAW ";video/x-raw," CUDA_RAW;
constexpr const char* kNewSink = "video/x-raw(memory:CUDAMemory)," NEW_RAW
                                 ";video/x-raw(memory:GLMemory)," NEW_RAW ";video/x-raw," NEW_RAW;

#undef OLD_RAW
#undef NEW_RAW
#undef CUDA_RAW

constexpr const char* kOldH264 =
    "video/x-h264,width=(int)[145,4096],height=(int)[49,4096],stream-format=(string)byte-stream,"
    "alignment=(string)au,profile=(string){main,high,high-4:4:4,baseline,constrained-baseline}";
constexpr const char* kH264 =
    "video/x-h264,width=(int)[160,4096],height=(int)[64,4096],profile=(string){main,high,"
    "constrained-baseline,baseline,high-4:4:4},stream-format=(string){avc,byte-stream},"
    "alignment=(string)au";
constexpr const char* kOldH265 =
    "video/x-h265,width=(int)[145,8192],height=(int)[49,8192],stream-format=(string)byte-stream,"
    "alignment=(string)au,profile=(string)main";
constexpr const char* kH265 =
    "video/x-h265,width=(int)[144,8192],height=(int)[48,8192],profile=(string)main,"
    "stream-format=(string)byte-stream,alignment=(string)au";

constexpr const char* kX264 =
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 threads=1 name=coder";
constexpr const char* kX265 =
    "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 "
    "option-string=scenecut=0 name=coder";
constexpr const char* kEncoder = "Codec/Encoder/Video/Hardware";

// The old elements open their session when they go to READY, the new ones when they learn the
// format.
constexpr ElementContract old_encoder(const char* factory, const char* release, bool h264) {
  return {factory,
          release,
          kEncoder,
          kOldSink,
          h264 ? kOldH264 : kOldH265,
          {kVideoEncoder, kOldBase, kOldCodec},
          "bitrate",
          1000,
          KeyFrames::kEvent,
          Opens::kAtReady,
          h264 ? kX264 : kX265};
}
constexpr ElementContract new_encoder(const char* factory, const char* release, bool h264,
                                      std::span<const Property> a, std::span<const Property> b,
                                      std::span<const Property> c, const char* sink) {
  return {factory,
          release,
          kEncoder,
          sink,
          h264 ? kH264 : kH265,
          {kVideoEncoder, a, b, c},
          "bitrate",
          1000,
          KeyFrames::kEvent,
          Opens::kAtCaps,
          h264 ? kX264 : kX265};
}

constexpr ElementContract kH264enc20 = old_encoder("nvh264enc", "1.20", true);
constexpr ElementContract kH265enc20 = old_encoder("nvh265enc", "1.20", false);
constexpr ElementContract kCudaH264enc22 =
    new_encoder("nvcudah264enc", "1.22", true, kCudaShared, kCuda22, kCabac, kCudaSink);
constexpr ElementContract kCudaH265enc22 =
    new_encoder("nvcudah265enc", "1.22", false, kCudaShared, kCuda22, {}, kCudaSink);
constexpr ElementContract kCudaH264enc24 =
    new_encoder("nvcudah264enc", "1.24", true, kCudaShared, kCuda24, kCabac, kCudaSink);
constexpr ElementContract kCudaH265enc24 =
    new_encoder("nvcudah265enc", "1.24", false, kCudaShared, kCuda24, {}, kCudaSink);
constexpr ElementContract kH264enc26 =
    new_encoder("nvh264enc", "1.26", true, kNewBase, kNewH26x, kCabac, kNewSink);
constexpr ElementContract kH265enc26 =
    new_encoder("nvh265enc", "1.26", false, kNewBase, kNewH26x, {}, kNewSink);
constexpr ElementContract kH264enc28 =
    new_encoder("nvh264enc", "1.28", true, kNewBase, kNewH26xOf28, kCabac, kNewSink);
constexpr ElementContract kH265enc28 =
    new_encoder("nvh265enc", "1.28", false, kNewBase, kNewH26xOf28, {}, kNewSink);

// ---- decoders
// gstnvdec.c has stayed what it was for other codecs; these use GStreamer's own parsers.

constexpr std::array kDecoder22{whole("cuda-device-id", 0, kMaxInt, 0)};
constexpr std::array kDecoder24{
    natural("num-output-surfaces", 64, 1),
    natural("init-max-width", 4096, 0),
    natural("init-max-height", 4096, 0),
    whole("max-display-delay", -1, 16, -1),
};

#define PIXELS "format=(string){NV12,P010_10LE,P016_LE}"
constexpr const char* kDecoded = "video/x-raw(memory:CUDAMemory)," PIXELS
                                 ";video/x-raw(memory:GLMemory)," PIXELS ";video/x-raw," PIXELS;
#undef PIXELS

constexpr ElementContract decoder(const char* factory, const char* release, const char* sink,
                                  std::span<const Property> own) {
  return {.factory = factory,
          .release = release,
          .klass = "Codec/Decoder/Video/Hardware",
          .sink_caps = sink,
          .src_caps = kDecoded,
          .properties = {kVideoDecoder, own},
          .opens = Opens::kAtReady};
}

constexpr const char* kSinkH264 =
    "video/x-h264,stream-format=(string){avc,avc3,byte-stream},alignment=(string)au";
constexpr const char* kSinkH265 =
    "video/x-h265,stream-format=(string){hvc1,hev1,byte-stream},alignment=(string)au";

constexpr ElementContract kH264dec20 = decoder("nvh264dec", "1.20", kSinkH264, {});
constexpr ElementContract kH264dec22 = decoder("nvh264dec", "1.22", kSinkH264, kDecoder22);
constexpr ElementContract kH264dec24 = decoder("nvh264dec", "1.24", kSinkH264, kDecoder24);
constexpr ElementContract kH265dec20 = decoder("nvh265dec", "1.20", kSinkH265, {});
constexpr ElementContract kH265dec24 = decoder("nvh265dec", "1.24", kSinkH265, kDecoder24);
constexpr ElementContract kVp8dec22 = decoder("nvvp8dec", "1.22", "video/x-vp8", kDecoder22);
constexpr ElementContract kVp8dec24 = decoder("nvvp8dec", "1.24", "video/x-vp8", kDecoder24);
constexpr ElementContract kVp9dec22 =
    decoder("nvvp9dec", "1.22", "video/x-vp9,alignment=(string)frame", kDecoder22);
constexpr ElementContract kVp9dec24 =
    decoder("nvvp9dec", "1.24", "video/x-vp9,alignment=(string)frame", kDecoder24);

}  // namespace

Contracts desktop_nvidia(int minor) {
  if (minor < 22) return {&kH264enc20, &kH265enc20, &kH264dec20, &kH265dec20};
  if (minor < 24)
    return {&kH264enc20, &kH265enc20, &kCudaH264enc22, &kCudaH265enc22,
            &kH264dec22, &kH265dec20, &kVp8dec22,      &kVp9dec22};
  if (minor < 26)
    return {&kH264enc20, &kH265enc20, &kCudaH264enc24, &kCudaH265enc24,
            &kH264dec24, &kH265dec24, &kVp8dec24,      &kVp9dec24};
  if (minor < 28)
    return {&kH264enc26, &kH265enc26, &kH264dec24, &kH265dec24, &kVp8dec24, &kVp9dec24};
  return {&kH264enc28, &kH265enc28, &kH264dec24, &kH265dec24, &kVp8dec24, &kVp9dec24};
}

}  // namespace webrtcserver::doubles
