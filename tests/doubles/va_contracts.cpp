// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin va, read in GStreamer 1.22.0, 1.24.0 and 1.26.0 (gst-plugins-bad/sys/va:
// gstvah264enc.c, gstvah265enc.c, gstvaencoder.c, gstvah264dec.c). 1.20 has its decoders and no
// encoder. Which of the properties are there depends on the driver; here all are, with the choices
// of Intel's.
#include "doubles/base_contracts.hpp"
#include "doubles/contracts.hpp"

namespace webrtcserver::doubles {

namespace {

// VA_RC_CBR is 2, VBR 4, VCM 8, CQP 16. The first that the driver has is the default.
constexpr std::array kRateControls{Choice{2, "cbr"}, Choice{4, "vbr"}, Choice{8, "vcm"},
                                   Choice{16, "cqp"}};
constexpr std::array kFeatures{Choice{0, "disabled"}, Choice{1, "enabled"}, Choice{2, "auto"}};

constexpr double kMaxBitrate = 2000 * 1024;  // kbit/s
constexpr double kMaxGroup = 1024;
constexpr Until kPlaying = Until::kAlways;

constexpr std::array kShared{
    natural("key-int-max", kMaxGroup, 0),
    natural("b-frames", 31, 0),
    natural("i-frames", 1023, 0),
    boolean("b-pyramid", false),
    natural("num-slices", 200, 1, Until::kReady, 1),
    natural("max-qp", 51, 51),
    natural("min-qp", 51, 1),
    natural("qpi", 51, 26, kPlaying),
    natural("qpp", 51, 26, kPlaying),
    natural("qpb", 51, 26, kPlaying),
    boolean("trellis", false),
    boolean("aud", false),
    choice("mbbrc", kFeatures, 2),
    natural("bitrate", kMaxBitrate, 0, kPlaying),
    natural("target-percentage", 100, 66, kPlaying, 50),
    natural("target-usage", 7, 4, kPlaying, 1),
    choice("rate-control", kRateControls, 2, kPlaying),
    text("device-path", Until::kReady, false),
};
constexpr std::array kH264Own{
    natural("ref-frames", 16, 3),
    boolean("dct8x8", true),
    boolean("cabac", true),
    boolean("cc-insert", true),
    natural("cpb-size", kMaxBitrate, 0, kPlaying),  // kbit
};
// A change of the buffer is taken while it plays from 1.26 only.
constexpr std::array kH265Own22{
    natural("ref-frames", 15, 3),
    natural("num-tile-cols", 20, 1, Until::kReady, 1),
    natural("num-tile-rows", 22, 1, Until::kReady, 1),
    natural("cpb-size", kMaxBitrate, 0),
};
constexpr std::array kH265Own26{
    natural("ref-frames", 15, 3),
    natural("num-tile-cols", 20, 1, Until::kReady, 1),
    natural("num-tile-rows", 22, 1, Until::kReady, 1),
    natural("cpb-size", kMaxBitrate, 0, kPlaying),
};

constexpr const char* kSink =
    "video/x-raw(memory:VAMemory),format=(string)NV12,width=(int)[32,4096],height=(int)[32,4096];"
    "video/x-raw,format=(string)NV12,width=(int)[32,4096],height=(int)[32,4096]";
// The low-power entry point has no B frames, and on most devices the same profiles.
constexpr const char* kH264 =
    "video/x-h264,profile=(string){main,high,constrained-baseline},alignment=(string)au,"
    "stream-format=(string)byte-stream";
constexpr const char* kH265 =
    "video/x-h265,profile=(string){main},alignment=(string)au,stream-format=(string)byte-stream";
constexpr const char* kX264 =
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 threads=1 name=coder";
constexpr const char* kX265 =
    "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 "
    "option-string=scenecut=0 name=coder";

constexpr ElementContract encoder(const char* factory, const char* release, bool h264,
                                  std::span<const Property> own) {
  return {factory,
          release,
          "Codec/Encoder/Video/Hardware",
          kSink,
          h264 ? kH264 : kH265,
          {kVideoEncoder, kShared, own},
          "bitrate",
          1000,
          KeyFrames::kEvent,
          Opens::kAtReady,
          h264 ? kX264 : kX265};
}

constexpr ElementContract kH264enc = encoder("vah264enc", "1.22", true, kH264Own);
constexpr ElementContract kH264lpenc = encoder("vah264lpenc", "1.22", true, kH264Own);
constexpr ElementContract kH265enc22 = encoder("vah265enc", "1.22", false, kH265Own22);
constexpr ElementContract kH265lpenc22 = encoder("vah265lpenc", "1.22", false, kH265Own22);
constexpr ElementContract kH265enc26 = encoder("vah265enc", "1.26", false, kH265Own26);
constexpr ElementContract kH265lpenc26 = encoder("vah265lpenc", "1.26", false, kH265Own26);

constexpr std::array kDecoderOwn{text("device-path", Until::kReady, false)};
constexpr const char* kDecoded =
    "video/x-raw(memory:VAMemory),format=(string){NV12,P010_10LE};"
    "video/x-raw,format=(string){NV12,P010_10LE}";

constexpr ElementContract decoder(const char* factory, const char* sink) {
  return {.factory = factory,
          .release = "1.22",
          .klass = "Codec/Decoder/Video/Hardware",
          .sink_caps = sink,
          .src_caps = kDecoded,
          .properties = {kVideoDecoder, kDecoderOwn}};
}
constexpr ElementContract kH264dec = decoder(
    "vah264dec", "video/x-h264,alignment=(string)au,stream-format=(string){avc,avc3,byte-stream}");
constexpr ElementContract kH265dec = decoder(
    "vah265dec", "video/x-h265,alignment=(string)au,stream-format=(string){hvc1,hev1,byte-stream}");
constexpr ElementContract kVp8dec = decoder("vavp8dec", "video/x-vp8");
constexpr ElementContract kVp9dec = decoder("vavp9dec", "video/x-vp9,alignment=(string)frame");

}  // namespace

Contracts va(int minor) {
  if (minor < 26)
    return {&kH264enc, &kH264lpenc, &kH265enc22, &kH265lpenc22,
            &kH264dec, &kH265dec,   &kVp8dec,    &kVp9dec};
  return {&kH264enc, &kH264lpenc, &kH265enc26, &kH265lpenc26,
          &kH264dec, &kH265dec,   &kVp8dec,    &kVp9dec};
}

}  // namespace webrtcserver::doubles
