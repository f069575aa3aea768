// SPDX-License-Identifier: LGPL-2.1-or-later
// What this machine encodes and decodes with, and why not with the rest.
#include <gst/gst.h>
#include <gst/webrtcserver/webrtcserver.h>
#include <json-glib/json-glib.h>

#include <cstdio>
#include <memory>
#include <string>

namespace {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
struct Free {
  void operator()(gpointer memory) const { g_free(memory); }
};
struct EndContext {
  void operator()(GOptionContext* context) const { g_option_context_free(context); }
};

struct Options {
  gboolean json = FALSE;
  gboolean version = FALSE;
  std::unique_ptr<gchar, Free> codec;  // empty: all
};

bool same(const char* left, const char* right) {
  return g_ascii_strcasecmp(left, right) == 0;
}

const char* text_of(JsonObject* row, const char* member) {
  return json_object_get_string_member_with_default(row, member, "");
}

std::string joined(JsonObject* row, const char* member) {
  std::string text;
  JsonArray* array = json_object_get_array_member(row, member);
  for (guint i = 0; i < json_array_get_length(array); ++i) {
    std::string one = json_array_get_string_element(array, i);
    if (one.rfind("memory:", 0) == 0) one.erase(0, 7);
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

void print_lines(JsonArray* array, FILE* where) {
  for (guint i = 0; i < json_array_get_length(array); ++i)
    std::fprintf(where, "webrtc-codecs: %s\n", json_array_get_string_element(array, i));
}

void print_row(JsonObject* row) {
  const bool usable = json_object_get_boolean_member(row, "usable") != FALSE;
  std::printf("    %s %-16s %s\n", usable ? "+" : "-", text_of(row, "element"),
              usable ? text_of(row, "platform") : text_of(row, "refused"));
  if (!usable) return;
  const bool encodes = json_object_has_member(row, "copied-memory") != FALSE;
  std::printf("        %s %s",
              encodes ? "takes as it is:" : "gives:", joined(row, "memory").c_str());
  const std::string copied = encodes ? joined(row, "copied-memory") : "";
  std::printf("%s%s\n", copied.empty() ? "" : "; with a copy: ", copied.c_str());
  if (*text_of(row, "limits")) std::printf("        %s\n", text_of(row, "limits"));
  if (same(text_of(row, "bitrate-change"), "restart"))
    std::printf("        Another bitrate starts it anew.\n");
}

// Whether there is a video codec that can be encoded.
bool print_rows(JsonObject* all, const char* member, const Options& options) {
  bool encodes = false;
  std::string codec;
  JsonArray* rows = json_object_get_array_member(all, member);
  for (guint i = 0; i < json_array_get_length(rows); ++i) {
    JsonObject* row = json_array_get_object_element(rows, i);
    const std::string of = text_of(row, "codec");
    if (options.codec && !same(options.codec.get(), of.c_str())) continue;
    if (json_object_get_boolean_member(row, "usable") && of != "OPUS") encodes = true;
    if (options.json) continue;
    if (of != codec) std::printf("%s, %s\n", of.c_str(), member);
    codec = of;
    print_row(row);
    print_lines(json_object_get_array_member(row, "problems"), stderr);
  }
  return encodes;
}

// Leaves those of the codec that was asked for.
void keep_codec(JsonObject* all, const char* member, const char* codec) {
  JsonArray* rows = json_object_get_array_member(all, member);
  for (guint i = json_array_get_length(rows); i-- > 0;) {
    if (!same(text_of(json_array_get_object_element(rows, i), "codec"), codec))
      json_array_remove_element(rows, i);
  }
}

int report(const Options& options) {
  const std::unique_ptr<gchar, Free> text(gst_webrtc_server_describe_codecs());
  const std::unique_ptr<JsonParser, Unref> parser(json_parser_new());
  if (!text || !json_parser_load_from_data(parser.get(), text.get(), -1, nullptr)) {
    std::fprintf(stderr,
                 "webrtc-codecs: the library gives no description; GST_DEBUG=2 tells more.\n");
    return 2;
  }
  JsonObject* all = json_node_get_object(json_parser_get_root(parser.get()));
  print_lines(json_object_get_array_member(all, "problems"), stderr);
  if (!options.json && json_object_has_member(all, "file"))
    std::printf("With %s.\n", text_of(all, "file"));
  const bool encodes = print_rows(all, "encoders", options);
  print_rows(all, "decoders", options);
  if (options.json) {
    if (options.codec) {
      keep_codec(all, "encoders", options.codec.get());
      keep_codec(all, "decoders", options.codec.get());
    }
    const std::unique_ptr<gchar, Free> pretty(
        json_to_string(json_parser_get_root(parser.get()), TRUE));
    std::printf("%s\n", pretty.get());
  }
  if (!encodes) {
    std::fprintf(stderr, "webrtc-codecs: there is no encoder of %s that works.\n",
                 options.codec ? options.codec.get() : "video");
  }
  return encodes ? 0 : 1;
}

bool is_codec(const char* name) {
  for (const char* known : {"H264", "VP8", "VP9", "H265", "AV1"}) {
    if (same(name, known)) return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  gchar* codec = nullptr;
  const GOptionEntry entries[] = {
      {"codec", 'c', 0, G_OPTION_ARG_STRING, &codec, "One codec only: H264, VP8, VP9, H265, AV1",
       "NAME"},
      {"json", 'j', 0, G_OPTION_ARG_NONE, &options.json, "JSON, for programs", nullptr},
      {"version", 0, 0, G_OPTION_ARG_NONE, &options.version, "Tell the version and end", nullptr},
      {nullptr, 0, 0, G_OPTION_ARG_NONE, nullptr, nullptr, nullptr}};
  const std::unique_ptr<GOptionContext, EndContext> context(g_option_context_new(
      "- what this machine encodes and decodes with, and why not with the rest"));
  g_option_context_set_description(
      context.get(),
      "The first of a codec is tried first. Ends with 1 where no encoder of video works.\n");
  g_option_context_add_main_entries(context.get(), entries, nullptr);
  GError* error = nullptr;
  const bool parsed = g_option_context_parse(context.get(), &argc, &argv, &error) != FALSE;
  options.codec.reset(codec);
  if (!parsed) {
    std::fprintf(stderr, "webrtc-codecs: %s\n", error->message);
    g_error_free(error);
    return 2;
  }
  if (argc > 1) {
    std::fprintf(stderr, "webrtc-codecs: \"%s\" is one argument too many.\n", argv[1]);
    return 2;
  }
  if (codec && !is_codec(codec)) {
    std::fprintf(stderr,
                 "webrtc-codecs: \"%s\" is no video codec; there are H264, VP8, VP9, H265, AV1.\n",
                 codec);
    return 2;
  }
  gst_init(nullptr, nullptr);
  if (options.version) {
    const std::unique_ptr<gchar, Free> gstreamer(gst_version_string());
    std::printf("webrtc-codecs of %s, %s\n", gst_webrtc_server_version_string(), gstreamer.get());
    return 0;
  }
  return report(options);
}
