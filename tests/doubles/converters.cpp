// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/converters.hpp"

#include <array>
#include <string_view>

#include "doubles/converter.hpp"

namespace webrtcserver::doubles {

namespace {

// gstcudaformat.h, 1.22.
#define CUDA_FORMATS                                                                             \
  "{ I420, YV12, NV12, NV21, P010_10LE, P016_LE, I420_10LE, Y444, Y444_16LE, BGRA, RGBA, "       \
  "RGBx, BGRx, ARGB, ABGR, RGB, BGR, BGR10A2_LE, RGB10A2_LE, Y42B, I422_10LE, I422_12LE, YUY2, " \
  "UYVY, RGBP, BGRP, GBR, GBRA }"
#define CUDA_GL_FORMATS                                                                      \
  "{ I420, YV12, NV12, NV21, P010_10LE, P016_LE, Y444, BGRA, RGBA, RGBx, BGRx, ARGB, ABGR, " \
  "RGB, BGR, BGR10A2_LE, RGB10A2_LE, YUY2, UYVY, RGBP, BGRP, GBR, GBRA }"
// gstcudaconvertscale.c, 1.22: no packed YUV.
#define CUDA_CONVERT_FORMATS                                                               \
  "{ I420, YV12, NV12, NV21, P010_10LE, P016_LE, I420_10LE, Y444, Y444_16LE, BGRA, RGBA, " \
  "RGBx, BGRx, ARGB, ABGR, RGB, BGR, BGR10A2_LE, RGB10A2_LE, Y42B, I422_10LE, I422_12LE, " \
  "RGBP, BGRP, GBR, GBRA }"
#define CUDA "video/x-raw(memory:CUDAMemory),format=" CUDA_FORMATS
#define CUDA_CONVERT "video/x-raw(memory:CUDAMemory),format=" CUDA_CONVERT_FORMATS
#define SYSTEM_CUDA "video/x-raw,format=" CUDA_FORMATS
#define GL_CUDA "video/x-raw(memory:GLMemory),format=" CUDA_GL_FORMATS

// gstvavpp.c, 1.22, the constant caps that documentation shows; a driver's are similar. DMABuf is
// what gst_va_vpp_transform_caps() adds.
#define VA_SURFACE_FORMATS "{ NV12, I420, YV12, YUY2, RGBA, BGRA, P010_10LE, ARGB, ABGR }"
#define VA_CAPS                                                                                    \
  "video/x-raw(memory:VAMemory),format=" VA_SURFACE_FORMATS                                        \
  ";video/x-raw(memory:DMABuf),format=" VA_SURFACE_FORMATS                                         \
  ";video/x-raw,format={ VUYA, GRAY8, NV12, NV21, YUY2, UYVY, YV12, I420, P010_10LE, RGBA, BGRA, " \
  "ARGB, ABGR }"

// gstglcolorconvert.h, 1.22; the texture's target left out.
#define GL_FORMATS                                                                            \
  "{ RGBA, RGB, RGBx, BGR, BGRx, BGRA, xRGB, xBGR, ARGB, ABGR, GBRA, GBR, RGBP, BGRP, Y444, " \
  "I420, YV12, Y42B, Y41B, NV12, NV21, NV16, NV61, YUY2, UYVY, AYUV, VUYA, GRAY8, P010_10LE }"
#define GL "video/x-raw(memory:GLMemory),format=" GL_FORMATS
#define GL_SYSTEM "video/x-raw,format=" GL_FORMATS

// "Accelerated GStreamer" of the Jetson Linux Developer Guide, gst-nvvidconv: "raw YUV input
// formats", as gst-inspect-1.0 prints them for JetPack 5.
#define NVVIDCONV_FORMATS \
  "{ I420, UYVY, YUY2, YVYU, NV12, NV16, NV24, GRAY8, BGRx, RGBA, Y42B, Y444 }"
#define NVVIDCONV_NVMM_FORMATS \
  "{ I420, UYVY, YUY2, YVYU, NV12, NV16, NV24, P010_10LE, GRAY8, BGRx, RGBA, Y42B, Y444 }"
#define NVVIDCONV_CAPS                                      \
  "video/x-raw(memory:NVMM),format=" NVVIDCONV_NVMM_FORMATS \
  ";"                                                       \
  "video/x-raw,format=" NVVIDCONV_FORMATS
// DeepStream's plugin manual, Gst-nvvideoconvert.
#define NVVIDEOCONVERT_FORMATS \
  "{ I420, P010_10LE, NV12, BGRx, RGBA, GRAY8, GBR, RGB, BGR, BGRA, UYVY, YUY2, YVYU, Y42B }"
#define NVVIDEOCONVERT_CAPS                                 \
  "video/x-raw(memory:NVMM),format=" NVVIDEOCONVERT_FORMATS \
  ";"                                                       \
  "video/x-raw,format=" NVVIDEOCONVERT_FORMATS

constexpr std::array kConverters{
    ConverterContract{"nvvidconv", "WebRTCServerDoubleNvvidconv", NVVIDCONV_CAPS, NVVIDCONV_CAPS,
                      Change::kBoth, MemoryKind::kNvmm},
    ConverterContract{"nvvideoconvert", "WebRTCServerDoubleNvvideoconvert", NVVIDEOCONVERT_CAPS,
                      NVVIDEOCONVERT_CAPS, Change::kBoth, MemoryKind::kNvmm},
    // gstcudamemorycopy.c, 1.22.
    ConverterContract{"cudaupload", "WebRTCServerDoubleCudaupload",
                      SYSTEM_CUDA ";" GL_CUDA ";" CUDA, CUDA ";" SYSTEM_CUDA, Change::kMemory,
                      MemoryKind::kCuda},
    ConverterContract{"cudadownload", "WebRTCServerDoubleCudadownload", CUDA ";" SYSTEM_CUDA,
                      SYSTEM_CUDA ";" GL_CUDA ";" CUDA, Change::kMemory, MemoryKind::kCuda},
    ConverterContract{"cudaconvert", "WebRTCServerDoubleCudaconvert", CUDA_CONVERT, CUDA_CONVERT,
                      Change::kFormat, MemoryKind::kCuda},
    ConverterContract{"cudascale", "WebRTCServerDoubleCudascale", CUDA_CONVERT, CUDA_CONVERT,
                      Change::kSize, MemoryKind::kCuda},
    ConverterContract{"vapostproc", "WebRTCServerDoubleVapostproc", VA_CAPS, VA_CAPS, Change::kBoth,
                      MemoryKind::kVa},
    // gstvadeinterlace.c, 1.22: progressive comes out.
    ConverterContract{"vadeinterlace", "WebRTCServerDoubleVadeinterlace", VA_CAPS, VA_CAPS,
                      Change::kFields, MemoryKind::kVa},
    // gstglupload.c, gstgldownloadelement.c, gstglcolorconvert.h, 1.22; without EGL's DMABuf.
    ConverterContract{"glupload", "WebRTCServerDoubleGlupload", GL_SYSTEM ";" GL, GL,
                      Change::kMemory, MemoryKind::kGl},
    ConverterContract{"gldownload", "WebRTCServerDoubleGldownload", GL ";" GL_SYSTEM,
                      GL_SYSTEM ";" GL, Change::kMemory, MemoryKind::kGl},
    ConverterContract{"glcolorconvert", "WebRTCServerDoubleGlcolorconvert", GL, GL, Change::kFormat,
                      MemoryKind::kGl},
};

template <std::size_t kCount>
Machine with(const std::array<std::string_view, kCount>& names) {
  Machine machine;
  for (const ConverterContract& contract : kConverters) {
    for (const std::string_view name : names) {
      if (name == contract.name) machine.emplace_back(contract.name, converter_type(contract));
    }
  }
  return machine;
}

}  // namespace

Machine jetson_converters(bool deepstream) {
  if (!deepstream) return with(std::array<std::string_view, 1>{"nvvidconv"});
  return with(std::array<std::string_view, 2>{"nvvidconv", "nvvideoconvert"});
}

Machine cuda_converters() {
  return with(
      std::array<std::string_view, 4>{"cudaupload", "cudadownload", "cudaconvert", "cudascale"});
}

Machine va_converters() {
  return with(std::array<std::string_view, 2>{"vapostproc", "vadeinterlace"});
}

Machine gl_converters() {
  return with(std::array<std::string_view, 3>{"glupload", "gldownload", "glcolorconvert"});
}

}  // namespace webrtcserver::doubles
