// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/raw_path.hpp"

#include "base/error.hpp"
#include "base/guard.hpp"
#include "base/log.hpp"
#include "codec/download.hpp"
#include "video/input_reader.hpp"
#include "video/option_table.hpp"
#include "video/rate_end.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::video())

namespace webrtcserver {

namespace {

constexpr char kSystem[] = "video/x-raw";
constexpr char kCuda[] = "video/x-raw(memory:CUDAMemory)";

Ref<GstCaps> caps_in(FrameMemory memory) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty());
  if (memory == FrameMemory::kCuda) gst_caps_append(caps.get(), gst_caps_from_string(kCuda));
  gst_caps_append(caps.get(), gst_caps_from_string(kSystem));
  return caps;
}

std::string conversions(const VideoOptions& options) {
  std::string elements;
  const bool sized = options.input_width || options.input_height;
  const bool turned = !options.input_flip.empty();
  if (sized || turned) elements += "videoconvert ! ";
  if (turned) {
    elements +=
        std::string("videoflip video-direction=") + orientation_nick(options.input_flip) + " ! ";
  }
  if (sized) elements += "videoscale ! ";
  if (!options.format.empty()) elements += "videoconvert ! ";
  return elements;
}

std::string download(const std::string& input, const GstCaps* offered, const GstCaps* wanted) {
  // What nobody has told anything of is what it will be.
  if (gst_caps_is_any(offered) || gst_caps_can_intersect(offered, wanted) ||
      may_be_in_system_memory(offered))
    return "";
  const char* elements = download_for(offered);
  if (!elements) {
    throw Error(ErrorCode::kFailed,
                "The pictures of " + input + " are in " + memories_of(offered) +
                    ", and no element is installed that brings them out of it (nvvidconv of a "
                    "Jetson, nvvideoconvert of DeepStream, cudadownload, vapostproc or "
                    "gldownload). Install it, or choose another decoder by input-decoder.");
  }
  GST_INFO("%s: pictures come in %s; they are downloaded by \"%s\".", input.c_str(),
           memories_of(offered).c_str(), elements);
  return std::string(elements) + " ! ";
}

// Of a decoder that has both, what the program wants; the others do as they do.
gboolean answer_query(GstElement* /*bin*/, GstPad* /*pad*/, GstElement* decoder, GstQuery* query,
                      gpointer memory) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS) return FALSE;
  return guard("what a decoder is asked for", FALSE, [&]() -> gboolean {
    GstElementFactory* factory = gst_element_get_factory(decoder);
    const auto wanted = caps_in(static_cast<FrameMemory>(GPOINTER_TO_INT(memory)));
    if (!factory || !gst_element_factory_list_is_type(factory, GST_ELEMENT_FACTORY_TYPE_DECODER) ||
        !gst_element_factory_can_src_any_caps(factory, wanted.get()))
      return FALSE;
    GstCaps* filter = nullptr;
    gst_query_parse_caps(query, &filter);
    const auto answer = filter ? Ref<GstCaps>::adopt(gst_caps_intersect_full(
                                     wanted.get(), filter, GST_CAPS_INTERSECT_FIRST))
                               : wanted;
    gst_query_set_caps_result(query, answer.get());
    return TRUE;
  });
}

}  // namespace

FrameMemory best_memory(const VideoOptions& options) {
  return conversions(options).empty() ? FrameMemory::kCuda : FrameMemory::kSystem;
}

Ref<GstElement> make_raw_path(const std::string& input, const GstCaps* offered,
                              const VideoOptions& options, FrameMemory memory) {
  const auto wanted = caps_in(memory);
  std::string description = download(input, offered, wanted.get());
  if (options.input_rate > 0) description += "videorate name=rate skip-to-first=true ! ";
  description += conversions(options) + "capsfilter name=wanted";

  add_size(wanted.get(), options);
  if (!options.format.empty()) {
    gst_caps_set_simple(wanted.get(), "format", G_TYPE_STRING, options.format.c_str(), nullptr);
  }
  GError* failure = nullptr;
  auto bin = Ref<GstElement>::sink(gst_parse_bin_from_description_full(
      description.c_str(), TRUE, nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &failure));
  const Owned<GError> owned(failure);
  if (!bin || owned) {
    throw Error(ErrorCode::kFailed, "The elements " + description + " cannot be made: " +
                                        (owned ? owned->message : "unknown error"));
  }
  const auto filter = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), "wanted"));
  g_object_set(filter.get(), "caps", wanted.get(), nullptr);
  const auto rate = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin.get()), "rate"));
  if (rate) end_with_input(rate.get());
  return bin;
}

void choose_memory(GstElement* decodebin, FrameMemory memory) {
  g_signal_connect(decodebin, "autoplug-query", G_CALLBACK(answer_query),
                   GINT_TO_POINTER(static_cast<int>(memory)));
}

}  // namespace webrtcserver
