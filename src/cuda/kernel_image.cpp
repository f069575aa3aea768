// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cuda/kernel_image.hpp"

#include <gio/gio.h>

#include <map>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "cuda/kernel_job.hpp"

namespace webrtcserver {

namespace {

constexpr std::string_view kEntry = ".visible .entry ";
constexpr std::string_view kEnd = "\n}\n";

Ref<GBytes> whole_image() {
  GBytes* bytes = g_resources_lookup_data("/webrtcserver/cuda/kernels.ptx",
                                          G_RESOURCE_LOOKUP_FLAGS_NONE, nullptr);
  if (bytes) return Ref<GBytes>::adopt(bytes);
  throw Error(
      ErrorCode::kFailed,
      "This build has no kernels for CUDA devices: there was neither clang nor nvcc when it "
      "was made.");
}

}  // namespace

std::string kernel_name(PixelLayout source, PixelLayout destination) {
#define WEBRTCSERVER_KERNEL_ROW(Source, Destination)      \
  {{PixelLayout::k##Source, PixelLayout::k##Destination}, \
   "webrtcserver_" #Source "_to_" #Destination},
  static const std::map<std::pair<PixelLayout, PixelLayout>, const char*> kNames = {
      WEBRTCSERVER_KERNELS(WEBRTCSERVER_KERNEL_ROW)};
#undef WEBRTCSERVER_KERNEL_ROW
  const auto found = kNames.find({source, destination});
  return found == kNames.end() ? std::string() : found->second;
}

std::string kernel_image(const std::string& kernel) {
  const Ref<GBytes> bytes = whole_image();
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  const std::string_view image(data, size);
  const std::size_t first = image.find(kEntry);
  const std::size_t begin = image.find(std::string(kEntry) + kernel + "(");
  const std::size_t end = begin == std::string_view::npos ? begin : image.find(kEnd, begin);
  if (end == std::string_view::npos)
    throw Error(ErrorCode::kFailed, "The kernel " + kernel + " is missing in this build.");
  return std::string(image.substr(0, first)) +
         std::string(image.substr(begin, end + kEnd.size() - begin));
}

}  // namespace webrtcserver
