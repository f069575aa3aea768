// SPDX-License-Identifier: LGPL-2.1-or-later
#include "doubles/converter.hpp"

#include <gst/base/gstbasetransform.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "doubles/contexts.hpp"
#include "doubles/converters.hpp"

namespace {

using webrtcserver::Ref;
using webrtcserver::doubles::Change;
using webrtcserver::doubles::ConverterContract;
using webrtcserver::doubles::Frame;
using webrtcserver::doubles::kind_of;
using webrtcserver::doubles::MemoryKind;

std::atomic<unsigned> uploads{0};
std::atomic<unsigned> downloads{0};
std::atomic<unsigned> on_device{0};

struct Converter {
  GstBaseTransform parent;
  GstVideoConverter* pixels;  // null: they are copied as they are
  GstVideoInfo in_info;
  GstVideoInfo out_info;
  MemoryKind in_kind;
  MemoryKind out_kind;
  gboolean padded;  // downstream knows lines that are longer than the picture
};
struct ConverterClass {
  GstBaseTransformClass parent_class;
  const ConverterContract* contract;
};

Converter& self(gpointer object) {
  return *static_cast<Converter*>(object);
}

const ConverterContract& contract_of(gpointer object) {
  return *reinterpret_cast<ConverterClass*>(G_OBJECT_GET_CLASS(object))->contract;
}

GstBaseTransformClass* parent_class() {
  return GST_BASE_TRANSFORM_CLASS(g_type_class_peek(GST_TYPE_BASE_TRANSFORM));
}

void loosen(GstStructure* fields, Change change) {
  gst_structure_remove_field(fields, "texture-target");
  if (change == Change::kFormat || change == Change::kBoth)
    gst_structure_remove_fields(fields, "format", "colorimetry", "chroma-site", nullptr);
  if (change == Change::kSize || change == Change::kBoth) {
    gst_structure_set(fields, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height",
                      GST_TYPE_INT_RANGE, 1, G_MAXINT, nullptr);
    gst_structure_remove_field(fields, "pixel-aspect-ratio");
  }
  if (change == Change::kFields)
    gst_structure_remove_fields(fields, "interlace-mode", "field-order", nullptr);
}

// The memory as it is comes first, then what the other side's template has.
GstCaps* transform_caps(GstBaseTransform* base, GstPadDirection direction, GstCaps* caps,
                        GstCaps* filter) {
  GstPad* other = direction == GST_PAD_SINK ? base->srcpad : base->sinkpad;
  const auto possible = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(other));
  auto result = Ref<GstCaps>::adopt(gst_caps_new_empty());
  auto add = [&](const GstStructure* fields, const GstCapsFeatures* features) {
    GstStructure* loose = gst_structure_copy(fields);
    loosen(loose, contract_of(base).change);
    if (contract_of(base).change == Change::kFields && direction == GST_PAD_SINK)
      gst_structure_set(loose, "interlace-mode", G_TYPE_STRING, "progressive", nullptr);
    result = Ref<GstCaps>::adopt(
        gst_caps_merge_structure_full(result.release(), loose, gst_caps_features_copy(features)));
  };
  for (guint i = 0; i < gst_caps_get_size(caps); ++i)
    add(gst_caps_get_structure(caps, i), gst_caps_get_features(caps, i));
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    for (guint j = 0; j < gst_caps_get_size(possible.get()); ++j)
      add(gst_caps_get_structure(caps, i), gst_caps_get_features(possible.get(), j));
  }
  result = Ref<GstCaps>::adopt(
      gst_caps_intersect_full(result.get(), possible.get(), GST_CAPS_INTERSECT_FIRST));
  if (!filter) return result.release();
  return gst_caps_intersect_full(filter, result.get(), GST_CAPS_INTERSECT_FIRST);
}

// What can stay stays; colours of YUV go on with YUV, as transfer_colorimetry_from_input() of the
// real ones has it.
GstCaps* fixate_caps(GstBaseTransform* /*base*/, GstPadDirection /*direction*/, GstCaps* caps,
                     GstCaps* other) {
  auto fixed = Ref<GstCaps>::adopt(gst_caps_make_writable(gst_caps_truncate(other)));
  const GstStructure* from = gst_caps_get_structure(caps, 0);
  GstStructure* to = gst_caps_get_structure(fixed.get(), 0);
  int number = 0;
  for (const char* name : {"width", "height"}) {
    if (gst_structure_get_int(from, name, &number) && gst_structure_has_field(to, name))
      gst_structure_fixate_field_nearest_int(to, name, number);
  }
  if (const char* format = gst_structure_get_string(from, "format"))
    gst_structure_fixate_field_string(to, "format", format);
  fixed = Ref<GstCaps>::adopt(gst_caps_fixate(fixed.release()));
  to = gst_caps_get_structure(fixed.get(), 0);
  const GValue* ratio = gst_structure_get_value(from, "pixel-aspect-ratio");
  if (ratio && !gst_structure_has_field(to, "pixel-aspect-ratio"))
    gst_structure_set_value(to, "pixel-aspect-ratio", ratio);
  GstVideoInfo in;
  GstVideoInfo out;
  const bool known = gst_video_info_from_caps(&in, caps) != FALSE &&
                     gst_video_info_from_caps(&out, fixed.get()) != FALSE;
  if (known && GST_VIDEO_INFO_IS_RGB(&in) == GST_VIDEO_INFO_IS_RGB(&out)) {
    for (const char* name : {"colorimetry", "chroma-site"}) {
      const GValue* value = gst_structure_get_value(from, name);
      if (value && !gst_structure_has_field(to, name)) gst_structure_set_value(to, name, value);
    }
  }
  return fixed.release();
}

void forget(Converter& converter) {
  if (converter.pixels) gst_video_converter_free(converter.pixels);
  converter.pixels = nullptr;
}

gboolean set_caps(GstBaseTransform* base, GstCaps* in, GstCaps* out) {
  Converter& converter = self(base);
  forget(converter);
  if (!gst_video_info_from_caps(&converter.in_info, in) ||
      !gst_video_info_from_caps(&converter.out_info, out))
    return FALSE;
  converter.in_kind = kind_of(in);
  converter.out_kind = kind_of(out);
  GstVideoInfo same = converter.in_info;
  same.interlace_mode = converter.out_info.interlace_mode;
  GST_VIDEO_INFO_FIELD_ORDER(&same) = GST_VIDEO_INFO_FIELD_ORDER(&converter.out_info);
  if (!gst_video_info_is_equal(&same, &converter.out_info)) {
    same = converter.in_info;
    same.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
    GstVideoInfo target = converter.out_info;
    target.interlace_mode = GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
    target.fps_n = same.fps_n;
    target.fps_d = same.fps_d;
    converter.pixels = gst_video_converter_new(&same, &target, nullptr);
    if (!converter.pixels) return FALSE;
  }
  gst_base_transform_set_passthrough(base, gst_caps_is_equal(in, out));
  return TRUE;
}

gboolean get_unit_size(GstBaseTransform* /*base*/, GstCaps* caps, gsize* size) {
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return FALSE;
  *size = GST_VIDEO_INFO_SIZE(&info);
  return TRUE;
}

gboolean decide_allocation(GstBaseTransform* base, GstQuery* query) {
  self(base).padded = gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  return TRUE;
}

gboolean propose_allocation(GstBaseTransform* base, GstQuery* decided, GstQuery* query) {
  if (!parent_class()->propose_allocation(base, decided, query)) return FALSE;
  if (decided) gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  return TRUE;
}

GstFlowReturn prepare_output_buffer(GstBaseTransform* base, GstBuffer* input, GstBuffer** output) {
  Converter& converter = self(base);
  if (gst_base_transform_is_passthrough(base)) {
    *output = input;
    return GST_FLOW_OK;
  }
  const bool plain = converter.out_kind == MemoryKind::kSystem && !converter.padded;
  auto buffer = plain ? Ref<GstBuffer>::adopt(gst_buffer_new_allocate(
                            nullptr, GST_VIDEO_INFO_SIZE(&converter.out_info), nullptr))
                      : webrtcserver::doubles::make_buffer(converter.out_kind, converter.out_info);
  gst_buffer_copy_into(
      buffer.get(), input,
      static_cast<GstBufferCopyFlags>(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS), 0, -1);
  *output = buffer.release();
  return GST_FLOW_OK;
}

void count(const Converter& converter) {
  const bool from_system = converter.in_kind == MemoryKind::kSystem;
  const bool to_system = converter.out_kind == MemoryKind::kSystem;
  if (from_system && !to_system) ++uploads;
  if (!from_system && to_system) ++downloads;
  if (!from_system && !to_system) ++on_device;
}

GstFlowReturn transform(GstBaseTransform* base, GstBuffer* input, GstBuffer* output) {
  Converter& converter = self(base);
  if (!webrtcserver::doubles::is_of(input, converter.in_kind)) {
    GST_ELEMENT_ERROR(base, STREAM, FORMAT,
                      ("The memory of a picture is not what its caps say: %s.",
                       webrtcserver::doubles::feature_of(converter.in_kind)),
                      (nullptr));
    return GST_FLOW_ERROR;
  }
  try {
    Frame from(converter.in_info, input, GST_MAP_READ);
    Frame to(converter.out_info, output, GST_MAP_WRITE);
    if (converter.pixels) {
      gst_video_converter_frame(converter.pixels, from.get(), to.get());
    } else {
      gst_video_frame_copy(to.get(), from.get());
    }
  } catch (const std::runtime_error& error) {
    GST_ELEMENT_ERROR(base, STREAM, FORMAT, ("%s", error.what()), (nullptr));
    return GST_FLOW_ERROR;
  }
  count(converter);
  return GST_FLOW_OK;
}

gboolean start(GstBaseTransform* base) {
  webrtcserver::doubles::ensure_context(GST_ELEMENT(base), contract_of(base).device);
  return TRUE;
}

gboolean stop(GstBaseTransform* base) {
  forget(self(base));
  return TRUE;
}

gboolean query(GstBaseTransform* base, GstPadDirection direction, GstQuery* query) {
  return webrtcserver::doubles::answer_context_query(GST_ELEMENT(base), query) ||
         parent_class()->query(base, direction, query);
}

void init_class(gpointer klass, gpointer data) {
  const auto* contract = static_cast<const ConverterContract*>(data);
  auto* element = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element, contract->name, "Filter/Converter/Video",
                                        "Stands in for the element of that name in tests",
                                        "gst-webrtc-server");
  const auto sink = Ref<GstCaps>::adopt(gst_caps_from_string(contract->sink_caps));
  const auto src = Ref<GstCaps>::adopt(gst_caps_from_string(contract->src_caps));
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, sink.get()));
  gst_element_class_add_pad_template(
      element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, src.get()));
  static_cast<ConverterClass*>(klass)->contract = contract;
  auto* transforms = GST_BASE_TRANSFORM_CLASS(klass);
  transforms->transform_caps = transform_caps;
  transforms->fixate_caps = fixate_caps;
  transforms->set_caps = set_caps;
  transforms->get_unit_size = get_unit_size;
  transforms->decide_allocation = decide_allocation;
  transforms->propose_allocation = propose_allocation;
  transforms->prepare_output_buffer = prepare_output_buffer;
  transforms->transform = transform;
  transforms->start = start;
  transforms->stop = stop;
  transforms->query = query;
}

}  // namespace

namespace webrtcserver::doubles {

GType converter_type(const ConverterContract& contract) {
  if (const GType known = g_type_from_name(contract.type_name)) return known;
  GTypeInfo info{};
  info.class_size = sizeof(ConverterClass);
  info.class_init = init_class;
  info.class_data = &contract;
  info.instance_size = sizeof(Converter);
  return g_type_register_static(GST_TYPE_BASE_TRANSFORM, contract.type_name, &info,
                                static_cast<GTypeFlags>(0));
}

Traffic traffic() {
  return {uploads, downloads, on_device};
}

}  // namespace webrtcserver::doubles
