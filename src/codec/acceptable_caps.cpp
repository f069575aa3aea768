// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/acceptable_caps.hpp"

namespace webrtcserver {

namespace {

// A source that can give any format gives the first that is named: the one that encoders take
// without a conversion, and not 16 bits a channel.
Ref<GstCaps> prefer_planar(const Ref<GstCaps>& raw) {
  auto ordered = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (guint i = 0; i < gst_caps_get_size(raw.get()); ++i) {
    GstStructure* preferred = gst_structure_copy(gst_caps_get_structure(raw.get(), i));
    GstCapsFeatures* features = gst_caps_features_copy(gst_caps_get_features(raw.get(), i));
    gst_structure_set(preferred, "format", G_TYPE_STRING, "NV12", nullptr);
    if (gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY)) {
      gst_structure_set(preferred, "format", G_TYPE_STRING, "I420", nullptr);
    }
    gst_caps_append_structure_full(ordered.get(), preferred, features);
  }
  gst_caps_append(ordered.get(), gst_caps_ref(raw.get()));
  return ordered;
}

}  // namespace

Ref<GstCaps> acceptable_caps(MediaKind kind, const std::vector<const Codec*>& codecs,
                             EncoderCatalogue& catalogue) {
  std::vector<const Codec*> wanted = codecs;
  if (wanted.empty()) {
    for (const Codec& codec : webrtcserver::codecs()) wanted.push_back(&codec);
  }
  auto raw = Ref<GstCaps>::adopt(gst_caps_new_empty());
  auto encoded = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (const Codec* codec : wanted) {
    if (codec->kind != kind) continue;
    const Ref<GstCaps> taken = catalogue.raw_caps(*codec);
    raw = Ref<GstCaps>::adopt(gst_caps_merge(raw.release(), gst_caps_ref(taken.get())));
    encoded = Ref<GstCaps>::adopt(
        gst_caps_merge(encoded.release(), gst_caps_from_string(codec->input_caps)));
  }
  if (kind == MediaKind::kVideo) raw = prefer_planar(raw);
  return Ref<GstCaps>::adopt(gst_caps_merge(raw.release(), encoded.release()));
}

}  // namespace webrtcserver
