// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wanted_form.hpp"

#include <utility>

#include "media_source.hpp"

namespace webrtcserver {

namespace {

bool is_raw(const GstStructure* structure) {
  return gst_structure_has_name(structure, "video/x-raw") ||
         gst_structure_has_name(structure, "audio/x-raw");
}

bool is_rtp(const GstStructure* structure) {
  return gst_structure_has_name(structure, "application/x-rtp") != FALSE;
}

// The part of `caps` whose structures are of one kind.
template <typename Predicate>
Ref<GstCaps> select(const GstCaps* caps, Predicate predicate) {
  auto selected = Ref<GstCaps>::adopt(gst_caps_new_empty());
  for (guint i = 0; i < gst_caps_get_size(caps); ++i) {
    if (predicate(gst_caps_get_structure(caps, i)))
      gst_caps_append(selected.get(), gst_caps_copy_nth(caps, i));
  }
  return selected;
}

Ref<GstCaps> without_any_memory(const GstCaps* caps) {
  auto named = Ref<GstCaps>::adopt(gst_caps_copy(caps));
  for (guint i = 0; i < gst_caps_get_size(named.get()); ++i) {
    if (gst_caps_features_is_any(gst_caps_get_features(named.get(), i)))
      gst_caps_set_features(named.get(), i, nullptr);
  }
  return named;
}

}  // namespace

Decoding::Wanted wanted_by(GstPad* pad, MediaKind kind) {
  if (!gst_pad_is_linked(pad)) return {};
  const auto all = media_source_caps(kind);
  const auto taken = Ref<GstCaps>::adopt(gst_pad_peer_query_caps(pad, all.get()));
  if (const auto raw = select(taken.get(), is_raw); !gst_caps_is_empty(raw.get()))
    return {Decoding::Form::kRaw, without_any_memory(raw.get())};
  auto encoded =
      select(taken.get(), [](const GstStructure* structure) { return !is_rtp(structure); });
  if (!gst_caps_is_empty(encoded.get())) return {Decoding::Form::kEncoded, std::move(encoded)};
  auto packets = select(taken.get(), is_rtp);
  if (!gst_caps_is_empty(packets.get())) return {Decoding::Form::kPackets, std::move(packets)};
  return {};
}

}  // namespace webrtcserver
