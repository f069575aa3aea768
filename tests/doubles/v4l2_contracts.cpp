// SPDX-License-Identifier: LGPL-2.1-or-later
// The plugin video4linux2, read in GStreamer 1.20.7, 1.22.0, 1.22.4 and 1.24.0
// (gst-plugins-good/sys/v4l2: gstv4l2object.c, gstv4l2videoenc.c, gstv4l2h264enc.c,
// gstv4l2videodec.c), with the sizes and formats of the codec of a Raspberry Pi 4 (bcm2835-codec).
// Every setting of the encoder is a control of the driver, in extra-controls. The force-key-unit
// event is looked at from 1.22.4 on.
#include "doubles/base_contracts.hpp"
#include "doubles/contracts.hpp"

namespace webrtcserver::doubles {

namespace {

constexpr std::array kModes{Choice{0, "auto"},    Choice{1, "rw"},     Choice{2, "mmap"},
                            Choice{3, "userptr"}, Choice{4, "dmabuf"}, Choice{5, "dmabuf-import"}};
constexpr std::array kM2m{
    text("device", Until::kReady, false), text("device-name", Until::kReady, false),
    choice("output-io-mode", kModes, 0),  choice("capture-io-mode", kModes, 0),
    structure("extra-controls"),
};

constexpr const char* kRaw =
    "video/x-raw,format=(string){I420,YV12,NV12,NV21,RGB16,RGB,BGR,BGRx},width=(int)[32,1920],"
    "height=(int)[32,1920]";
constexpr const char* kH264 = "video/x-h264,stream-format=(string)byte-stream,alignment=(string)au";
constexpr const char* kX264 =
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=2560 threads=1 name=coder";

constexpr ElementContract encoder(const char* release, KeyFrames key_frames) {
  return {.factory = "v4l2h264enc",
          .release = release,
          .klass = "Codec/Encoder/Video/Hardware",
          .sink_caps = kRaw,
          .src_caps = kH264,
          .properties = {kVideoEncoder, kM2m},
          .key_frames = key_frames,
          .coder = kX264};
}
constexpr ElementContract kEncoder20 = encoder("1.20", KeyFrames::kControl);
constexpr ElementContract kEncoder24 = encoder("1.24", KeyFrames::kEvent);

constexpr ElementContract kDecoder{.factory = "v4l2h264dec",
                                   .release = "1.20",
                                   .klass = "Codec/Decoder/Video/Hardware",
                                   .sink_caps = kH264,
                                   .src_caps = kRaw,
                                   .properties = {kVideoDecoder, kM2m}};

}  // namespace

Contracts raspberry_pi(int minor) {
  return {minor < 24 ? &kEncoder20 : &kEncoder24, &kDecoder};
}

}  // namespace webrtcserver::doubles
