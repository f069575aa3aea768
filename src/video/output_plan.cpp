// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/output_plan.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"

namespace webrtcserver {

namespace {

using Codecs = std::vector<const OutputCodec*>;

bool contains(const Codecs& codecs, const OutputCodec* codec) {
  return std::find(codecs.begin(), codecs.end(), codec) != codecs.end();
}

std::string names(const Codecs& codecs) {
  std::string text;
  for (const OutputCodec* codec : codecs)
    text += std::string(text.empty() ? "" : ", ") + codec->name;
  return text.empty() ? "nothing" : text;
}

// Pictures are JPEG or PNG, whatever the rest of the output is.
bool is_picture(const OutputWish& wish) {
  return std::all_of(wish.codecs.begin(), wish.codecs.end(),
                     [](const OutputCodec* codec) { return codec->every_frame_is_key; });
}

// The codec that the user names, by itself or by its encoder; null: none.
const OutputCodec* named_codec(const VideoOptions& options) {
  const OutputCodec* codec = nullptr;
  if (!options.output_codec.empty()) {
    codec = find_output_codec(options.output_codec);
    if (!codec) {
      throw Error(ErrorCode::kNoCommonCodec, "There is no codec \"" + options.output_codec +
                                                 "\" (output-codec); there are " + names([] {
                                                   Codecs all;
                                                   for (const OutputCodec& row : output_codecs())
                                                     all.push_back(&row);
                                                   return all;
                                                 }()) +
                                                 ".");
    }
  }
  if (!options.output_encoder.empty()) {
    const OutputCodec& made = codec_of_encoder(options.output_encoder);
    if (codec && codec != &made) {
      throw Error(ErrorCode::kSettingsConflict, "The encoder \"" + options.output_encoder +
                                                    "\" makes " + made.name + ", not " +
                                                    codec->name + " (output-codec).");
    }
    codec = &made;
  }
  return codec;
}

void check_named(const std::vector<OutputWish>& wishes, const OutputCodec& codec) {
  for (const OutputWish& wish : wishes) {
    if (wish.codecs.empty() || is_picture(wish) || contains(wish.codecs, &codec)) continue;
    throw Error(ErrorCode::kNoCommonCodec, "\"" + wish.text + "\": " + wish.format->words +
                                               " cannot carry " + codec.name + "; it takes " +
                                               names(wish.codecs) + ".");
  }
}

}  // namespace

std::vector<const OutputCodec*> plan_codecs(
    const std::vector<OutputWish>& wishes, const VideoOptions& options,
    const std::function<bool(const OutputCodec&)>& has_encoder) {
  std::map<const OutputCodec*, bool> known;
  const auto works = [&](const OutputCodec* codec) {
    const auto found = known.find(codec);
    if (found != known.end()) return found->second;
    return known[codec] = has_encoder(*codec);
  };

  const OutputCodec* named = named_codec(options);
  if (named) check_named(wishes, *named);

  // What has to be encoded here. A browser's element encodes by itself, for those who watch and in
  // the codec that they take, unless others need an encoding anyway.
  const auto sharers = std::count_if(wishes.begin(), wishes.end(), [](const OutputWish& wish) {
    return !wish.codecs.empty() && !is_picture(wish);
  });
  const auto stays_raw = [&](const OutputWish& wish) {
    return wish.codecs.empty() ||
           (wish.format->takes_raw && sharers < 2 && options.output_encoder.empty());
  };

  std::vector<const OutputCodec*> plan(wishes.size(), nullptr);
  Codecs chosen;
  const auto choose = [&](std::size_t index, const OutputCodec* codec) {
    plan[index] = codec;
    if (!contains(chosen, codec)) chosen.push_back(codec);
  };

  // One for all of them is best.
  Codecs common;
  for (const OutputCodec& row : output_codecs()) {
    if (named && named != &row) continue;
    const bool all = std::all_of(wishes.begin(), wishes.end(), [&](const OutputWish& wish) {
      return wish.codecs.empty() || is_picture(wish) || contains(wish.codecs, &row);
    });
    if (all && !row.every_frame_is_key) common.push_back(&row);
    if (all && named == &row) common.push_back(&row);
  }
  const auto shared = std::find_if(common.begin(), common.end(), works);
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const OutputWish& wish = wishes[i];
    if (stays_raw(wish)) continue;
    if (shared != common.end() && contains(wish.codecs, *shared)) {
      choose(i, *shared);
      continue;
    }
    const auto again = std::find_if(chosen.begin(), chosen.end(), [&](const OutputCodec* codec) {
      return contains(wish.codecs, codec);
    });
    if (again != chosen.end()) {
      choose(i, *again);
      continue;
    }
    const auto own = std::find_if(wish.codecs.begin(), wish.codecs.end(), [&](const auto* codec) {
      return (!named || is_picture(wish) || codec == named) && works(codec);
    });
    if (own == wish.codecs.end()) {
      throw Error(ErrorCode::kNoEncoder,
                  "\"" + wish.text + "\": no encoder of " +
                      (named ? named->name : names(wish.codecs)) +
                      " works here; install one (gstreamer1.0-plugins-ugly has x264enc).");
    }
    choose(i, *own);
  }
  return plan;
}

}  // namespace webrtcserver
