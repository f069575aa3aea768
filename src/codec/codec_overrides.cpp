// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/codec_overrides.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "base/log.hpp"
#include "codec/decoder_catalogue.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::codec())

namespace webrtcserver {

namespace {

constexpr std::string_view kSet = "set.";
constexpr const char* kMachineFile = "/etc/gst-webrtc-server/codecs.ini";

struct KeyFileDeleter {
  void operator()(GKeyFile* file) const { g_key_file_free(file); }
};

// What is wrong with a key; `what` goes on after "[group] key".
class BadKey : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

bool is_encoder(const std::string& factory) {
  const auto rows = encoder_table();
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Encoder& row) { return factory == row.factory; });
}

bool is_decoder(const std::string& factory) {
  const auto rows = decoder_table();
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Decoder& row) { return factory == row.factory; });
}

std::string checked_caps(const std::string& text) {
  if (!Ref<GstCaps>::adopt(gst_caps_from_string(text.c_str())))
    throw BadKey("has \"" + text + "\", which is no caps.");
  return text;
}

std::string checked_codec(const std::string& name) {
  const Codec* codec = find_codec(name);
  if (codec && codec->kind == MediaKind::kVideo) return codec->name;
  throw BadKey(
      "has \"" + name +
      "\", which is no video codec that can be sent here; there are H264, H265, VP8, VP9, AV1.");
}

BitrateUnit checked_unit(const std::string& text) {
  if (text == "bit") return BitrateUnit::kBit;
  if (text == "kbit") return BitrateUnit::kKilobit;
  throw BadKey("has \"" + text + "\"; it is bit or kbit, per second.");
}

bool checked_boolean(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  throw BadKey("has \"" + text + "\"; it is true or false.");
}

int checked_number(const std::string& text) {
  gint64 number = 0;
  if (g_ascii_string_to_signed(text.c_str(), 10, -1'000'000, 1'000'000, &number, nullptr))
    return static_cast<int>(number);
  throw BadKey("has \"" + text + "\", which is no whole number.");
}

// One group of the file.
class Group {
 public:
  Group(GKeyFile* file, const char* name) : file_(file), name_(name) {}

  // Throws BadKey.
  std::string text(const char* key) const {
    GError* error = nullptr;
    gchar* value = g_key_file_get_string(file_, name_, key, &error);
    const Owned<GError> owned(error);
    if (!value) throw BadKey(std::string("cannot be read: ") + error->message);
    std::string text = take_string(value);
    g_strstrip(text.data());
    text.resize(text.find('\0') == std::string::npos ? text.size() : text.find('\0'));
    return text;
  }

  std::vector<std::string> keys() const {
    const std::unique_ptr<gchar*, decltype(&g_strfreev)> names(
        g_key_file_get_keys(file_, name_, nullptr, nullptr), &g_strfreev);
    std::vector<std::string> found;
    for (gchar** name = names.get(); name && *name; ++name) found.emplace_back(*name);
    return found;
  }

 private:
  GKeyFile* file_;
  const char* name_;
};

// False: there is no such key for a new row.
bool read_new_encoder(CodecOverrides::NewEncoder& row, const std::string& key,
                      const std::string& text) {
  if (key == "codec") {
    row.codec = checked_codec(text);
  } else if (key == "input-caps") {
    row.input_caps = checked_caps(text);
  } else if (key == "output-caps") {
    row.output_caps = checked_caps(text);
  } else if (key == "converter") {
    row.converter = text;
  } else if (key == "key-frame-action") {
    row.key_frame_action = text;
  } else if (key == "even-size") {
    row.even_size = checked_boolean(text);
  } else {
    return false;
  }
  return true;
}

void read_element(CodecOverrides::Element& element, bool known, const std::string& key,
                  const std::string& text, const std::string& file) {
  if (key.starts_with(kSet)) {
    element.settings.emplace_back(key.substr(kSet.size()), text);
  } else if (key == "disabled") {
    if (checked_boolean(text)) element.refused = "it is disabled in " + file;
  } else if (key == "priority") {
    element.priority = checked_number(text);
  } else if (key == "bitrate-property") {
    element.bitrate_property = text;
  } else if (key == "bitrate-unit") {
    element.bitrate_unit = checked_unit(text);
  } else if (!element.row || !read_new_encoder(*element.row, key, text)) {
    throw BadKey(known ? "is no key for an element that the table has; there are disabled, "
                         "priority, bitrate-property, bitrate-unit and set.PROPERTY."
                       : "is no key.");
  }
}

}  // namespace

void CodecOverrides::read_key_file(const std::string& text, const std::string& name) {
  file = name;
  const auto complain = [&](const std::string& what) {
    problems.push_back(name + ": " + what);
    GST_ERROR("%s", problems.back().c_str());
  };
  const std::unique_ptr<GKeyFile, KeyFileDeleter> keys(g_key_file_new());
  GError* error = nullptr;
  const bool parsed =
      g_key_file_load_from_data(keys.get(), text.data(), text.size(), G_KEY_FILE_NONE, &error);
  const Owned<GError> owned(error);
  if (!parsed) return complain(std::string("nothing of it counts: ") + error->message);

  const std::unique_ptr<gchar*, decltype(&g_strfreev)> groups(
      g_key_file_get_groups(keys.get(), nullptr), &g_strfreev);
  for (gchar** group = groups.get(); *group; ++group) {
    const std::string factory = *group;
    const std::string label = "[" + factory + "]";
    const bool known = is_encoder(factory) || is_decoder(factory);
    const bool describes = g_key_file_has_key(keys.get(), *group, "codec", nullptr) != FALSE;
    if (!known && !describes) {
      complain(label +
               " is no encoder or decoder of the table. A new encoder needs at least codec "
               "and input-caps.");
      continue;
    }
    Element element;
    if (!known) element.row.emplace();
    const Group reader(keys.get(), *group);
    const std::size_t before = problems.size();
    for (const std::string& key : reader.keys()) {
      try {
        read_element(element, known, key, reader.text(key.c_str()), name);
      } catch (const BadKey& bad) {
        complain(label + " " + key + " " + bad.what());
      }
    }
    if (element.row && problems.size() == before && element.row->input_caps.empty())
      complain(label + " has no input-caps: what the element takes, like video/x-raw,format=NV12.");
    // Half a description would be driven wrongly.
    if (element.row && problems.size() != before) continue;
    elements[factory] = std::move(element);
  }
}

void CodecOverrides::read_ranks(std::string_view text) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string item(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t colon = item.find(':');
    if (colon == std::string::npos) continue;
    std::string factory = item.substr(0, colon);
    std::string rank = item.substr(colon + 1);
    factory = g_strstrip(factory.data());
    rank = g_strstrip(rank.data());
    // GStreamer itself takes the names in any case, and says nothing of what it does not know.
    guint64 number = 0;
    if (g_ascii_strcasecmp(rank.c_str(), "NONE") == 0 || rank == "0") {
      if (elements[factory].refused.empty())
        elements[factory].refused = "GST_PLUGIN_FEATURE_RANK gives it the rank NONE";
    } else if (g_ascii_strcasecmp(rank.c_str(), "MAX") == 0) {
      elements[factory].rank = G_MAXINT;
    } else if (g_ascii_string_to_unsigned(rank.c_str(), 10, 0, G_MAXUINT, &number, nullptr)) {
      elements[factory].rank = number > GST_RANK_PRIMARY ? static_cast<unsigned>(number) : 0;
    }
  }
}

const CodecOverrides::Element* CodecOverrides::find(const std::string& factory) const {
  const auto found = elements.find(factory);
  return found == elements.end() ? nullptr : &found->second;
}

std::string codecs_file() {
  if (const char* named = std::getenv("WEBRTCSERVER_CODECS")) return named;
  const std::string users = take_string(
      g_build_filename(g_get_user_config_dir(), "gst-webrtc-server", "codecs.ini", nullptr));
  for (const std::string& file : {users, std::string(kMachineFile)}) {
    if (g_file_test(file.c_str(), G_FILE_TEST_EXISTS)) return file;
  }
  return "";
}

const CodecOverrides& CodecOverrides::system() {
  static const CodecOverrides overrides = [] {
    CodecOverrides read;
    const std::string path = codecs_file();
    if (!path.empty()) {
      gchar* contents = nullptr;
      gsize length = 0;
      GError* error = nullptr;
      // A stream would throw at a folder, which Docker makes where a mounted file is missing.
      const bool got = g_file_get_contents(path.c_str(), &contents, &length, &error) != FALSE;
      const Owned<GError> owned(error);
      const std::unique_ptr<gchar, decltype(&g_free)> text(contents, &g_free);
      if (got) {
        read.read_key_file(std::string(contents, length), path);
      } else {
        read.file = path;
        read.problems.push_back(path + " cannot be read: " + error->message);
        GST_ERROR("%s", read.problems.back().c_str());
      }
    }
    if (const char* ranks = std::getenv("GST_PLUGIN_FEATURE_RANK")) read.read_ranks(ranks);
    return read;
  }();
  return overrides;
}

}  // namespace webrtcserver
