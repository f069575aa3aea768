// SPDX-License-Identifier: LGPL-2.1-or-later
// named_rows.hpp — the rows of a catalogue whose elements the user names. Pure; usable on any
// thread.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "codec/codec.hpp"

namespace webrtcserver {

// Those of `probes` whose rows are of the elements in `factories` ("nvh264enc, x264enc"), in that
// order; an element may have a row for each of several codecs. Throws Error(kNoEncoder) for a name
// without a row. `kind` is for its words: "encoder", "decoder".
template <typename Probe>
std::vector<std::shared_ptr<Probe>> named_rows(const std::vector<std::shared_ptr<Probe>>& probes,
                                               std::string_view factories, const char* kind) {
  const auto is_video = [](const std::shared_ptr<Probe>& probe) {
    const Codec* codec = find_codec(probe->row().codec);
    return !codec || codec->kind == MediaKind::kVideo;
  };
  std::vector<std::shared_ptr<Probe>> found;
  while (!factories.empty()) {
    const std::size_t comma = std::min(factories.find(','), factories.size());
    std::string_view name = factories.substr(0, comma);
    factories.remove_prefix(std::min(comma + 1, factories.size()));
    const std::size_t first = std::min(name.find_first_not_of(' '), name.size());
    name = name.substr(first, name.find_last_not_of(' ') + 1 - first);
    const std::size_t before = found.size();
    for (const auto& probe : probes) {
      if (name == probe->row().factory && is_video(probe)) found.push_back(probe);
    }
    if (found.size() != before) continue;
    std::set<std::string> known;
    for (const auto& probe : probes) {
      if (is_video(probe)) known.insert(probe->row().factory);
    }
    std::string text;
    for (const std::string& one : known) text += (text.empty() ? "" : ", ") + one;
    throw Error(ErrorCode::kNoEncoder, "\"" + std::string(name) + "\" is no " + kind +
                                           " of video that is known here; there are " + text +
                                           ". A key file can describe further encoders.");
  }
  return found;
}

}  // namespace webrtcserver
