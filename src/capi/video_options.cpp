// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/video_options.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "capi/attempt.hpp"
#include "capi/video_options_private.hpp"
#include "video/command_line.hpp"
#include "video/option_table.hpp"

/**
 * GstWebRTCServerVideoOptions:
 *
 * How video is to be read and written.
 *
 * Options of #GstWebRTCServerVideoSource and #GstWebRTCServerVideoOutput, whatever the address.
 * Each is a property, and most are a flag of programs too, so that every program which reads or
 * writes video takes the same ones:
 *
 * ```python
 * options = GstWebRTCServer.VideoOptions.new()
 * ok, arguments = options.parse(sys.argv)      # --input-width=1280 --input-codec=mjpeg …
 * source = GstWebRTCServer.VideoSource.new_with_options(arguments[1], options)
 * ```
 *
 * The flags: --input-width, --input-height (pixels), --input-rate (frames per second),
 * --input-codec, --input-decoder, --input-flip, --input-loop, --input-save, --input-latency
 * (milliseconds), --output-codec, --output-encoder, --output-save, --output-bitrate (bit/s),
 * --headless, --num-frames, --stun-server, --turn-server, --ice-server (both may be given several
 * times), --ssl-cert and --ssl-key.
 *
 * A source or an output takes the options as they are when it is made; what is changed later is for
 * those made later. Functions may be called from any thread.
 *
 * Since: 0.1
 */

using webrtcserver::attempt;
using webrtcserver::guard;
using webrtcserver::VideoOption;
using webrtcserver::VideoOptions;

namespace {

struct State {
  std::mutex mutex;
  VideoOptions options;  // guarded by mutex
};

}  // namespace

struct _GstWebRTCServerVideoOptions {
  GObject parent;
  State state;
};

G_DEFINE_TYPE(GstWebRTCServerVideoOptions, gst_webrtc_server_video_options, G_TYPE_OBJECT)

namespace {

// Property 1 is the first row.
const VideoOption* row_of(guint id) {
  const auto table = webrtcserver::video_option_table();
  return id >= 1 && id <= table.size() ? &table[id - 1] : nullptr;
}

GParamSpec* spec_of(const VideoOption& option) {
  constexpr auto kFlags = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const VideoOptions defaults;
  const char* name = option.property;
  return std::visit(
      [&](auto field) -> GParamSpec* {
        const auto& value = defaults.*field;
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>) {
          return g_param_spec_boolean(name, option.nick, option.blurb, value, kFlags);
        } else if constexpr (std::is_same_v<Value, unsigned>) {
          return g_param_spec_uint(name, option.nick, option.blurb, static_cast<guint>(option.min),
                                   static_cast<guint>(option.max), value, kFlags);
        } else if constexpr (std::is_same_v<Value, int>) {
          return g_param_spec_int(name, option.nick, option.blurb, static_cast<gint>(option.min),
                                  static_cast<gint>(option.max), value, kFlags);
        } else if constexpr (std::is_same_v<Value, double>) {
          return g_param_spec_double(name, option.nick, option.blurb, option.min, option.max, value,
                                     kFlags);
        } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
          return g_param_spec_uint64(name, option.nick, option.blurb,
                                     static_cast<guint64>(option.min),
                                     static_cast<guint64>(option.max), value, kFlags);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          return g_param_spec_string(name, option.nick, option.blurb, nullptr, kFlags);
        } else {
          return g_param_spec_boxed(name, option.nick, option.blurb, G_TYPE_STRV, kFlags);
        }
      },
      option.field);
}

void take_value(VideoOptions& options, const VideoOption& option, const GValue* value) {
  std::visit(
      [&](auto field) {
        auto& target = options.*field;
        using Value = std::remove_cvref_t<decltype(target)>;
        if constexpr (std::is_same_v<Value, bool>) {
          target = g_value_get_boolean(value) != FALSE;
        } else if constexpr (std::is_same_v<Value, unsigned>) {
          target = g_value_get_uint(value);
        } else if constexpr (std::is_same_v<Value, int>) {
          target = g_value_get_int(value);
        } else if constexpr (std::is_same_v<Value, double>) {
          target = g_value_get_double(value);
        } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
          target = g_value_get_uint64(value);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          const gchar* text = g_value_get_string(value);
          target = text ? text : "";
        } else {
          target.clear();
          const auto* texts = static_cast<const gchar* const*>(g_value_get_boxed(value));
          for (; texts && *texts; ++texts) target.emplace_back(*texts);
        }
      },
      option.field);
}

gchar** strv_of(const std::vector<std::string>& texts) {
  auto** strv = g_new0(gchar*, texts.size() + 1);
  std::transform(texts.begin(), texts.end(), strv,
                 [](const std::string& text) { return g_strdup(text.c_str()); });
  return strv;
}

void give_value(const VideoOptions& options, const VideoOption& option, GValue* value) {
  std::visit(
      [&](auto field) {
        const auto& source = options.*field;
        using Value = std::remove_cvref_t<decltype(source)>;
        if constexpr (std::is_same_v<Value, bool>) {
          g_value_set_boolean(value, source);
        } else if constexpr (std::is_same_v<Value, unsigned>) {
          g_value_set_uint(value, source);
        } else if constexpr (std::is_same_v<Value, int>) {
          g_value_set_int(value, source);
        } else if constexpr (std::is_same_v<Value, double>) {
          g_value_set_double(value, source);
        } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
          g_value_set_uint64(value, source);
        } else if constexpr (std::is_same_v<Value, std::string>) {
          g_value_set_string(value, source.empty() ? nullptr : source.c_str());
        } else {
          g_value_take_boxed(value, source.empty() ? nullptr : strv_of(source));
        }
      },
      option.field);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  State& state = GST_WEBRTC_SERVER_VIDEO_OPTIONS(object)->state;
  guard("setting a video option", [&] {
    const VideoOption* option = row_of(id);
    if (!option) {
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
      return;
    }
    const std::scoped_lock lock(state.mutex);
    take_value(state.options, *option, value);
  });
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  auto* self = GST_WEBRTC_SERVER_VIDEO_OPTIONS(object);
  guard("getting a video option", [&] {
    const VideoOption* option = row_of(id);
    if (!option) {
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
      return;
    }
    give_value(webrtcserver::video_options_of(self), *option, value);
  });
}

void finalize(GObject* object) {
  std::destroy_at(&GST_WEBRTC_SERVER_VIDEO_OPTIONS(object)->state);
  G_OBJECT_CLASS(gst_webrtc_server_video_options_parent_class)->finalize(object);
}

gboolean take_flag(const gchar* name, const gchar* value, gpointer data, GError** error) {
  State& state = static_cast<GstWebRTCServerVideoOptions*>(data)->state;
  return attempt(error, [&] {
    const auto table = webrtcserver::video_option_table();
    const auto row = std::find_if(table.begin(), table.end(), [name](const VideoOption& option) {
      return option.flag && name == "--" + std::string(option.flag);
    });
    if (row == table.end()) {
      throw webrtcserver::Error(webrtcserver::ErrorCode::kFailed,
                                "There is no flag " + std::string(name) + ".");
    }
    const std::scoped_lock lock(state.mutex);
    webrtcserver::set_video_option(state.options, *row, name, row->value ? value : "true");
  });
}

}  // namespace

namespace webrtcserver {

VideoOptions video_options_of(GstWebRTCServerVideoOptions* options) {
  if (!options) return {};
  const std::scoped_lock lock(options->state.mutex);
  return options->state.options;
}

}  // namespace webrtcserver

static void gst_webrtc_server_video_options_class_init(GstWebRTCServerVideoOptionsClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  guint id = 0;
  for (const VideoOption& option : webrtcserver::video_option_table())
    g_object_class_install_property(object, ++id, spec_of(option));
}

static void gst_webrtc_server_video_options_init(GstWebRTCServerVideoOptions* self) {
  new (&self->state) State();
}

/**
 * gst_webrtc_server_video_options_new:
 *
 * Options, all at their defaults.
 *
 * Returns: (transfer full): a new object
 *
 * Since: 0.1
 */
GstWebRTCServerVideoOptions* gst_webrtc_server_video_options_new() {
  return GST_WEBRTC_SERVER_VIDEO_OPTIONS(
      g_object_new(GST_TYPE_WEBRTC_SERVER_VIDEO_OPTIONS, nullptr));
}

/**
 * gst_webrtc_server_video_options_parse:
 * @self: the options
 * @arguments: (inout) (array zero-terminated=1) (transfer full): a program's arguments, the first
 * of which is its name. On success the flags are taken out of it: what is left are the program's
 *   name, the arguments that are no flags, and all behind "--"
 * @error: return location for a #GError
 *
 * Sets the options from flags, as --input-width=1280 or --input-width 1280. A program with flags of
 * its own uses gst_webrtc_server_video_options_get_option_group().
 *
 * Returns: %FALSE with @error for a flag that there is not, or a value that it cannot have; then
 *   neither the options nor @arguments have changed
 *
 * Since: 0.1
 */
gboolean gst_webrtc_server_video_options_parse(GstWebRTCServerVideoOptions* self,
                                               gchar*** arguments, GError** error) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OPTIONS(self) && arguments, FALSE);
  return attempt(error, [&] {
    std::vector<std::string> given;
    for (gchar** argument = *arguments; argument && *argument; ++argument)
      given.emplace_back(*argument);
    std::vector<std::string> rest;
    {
      const std::scoped_lock lock(self->state.mutex);
      rest = webrtcserver::parse_command_line(self->state.options, given);
    }
    g_strfreev(*arguments);
    *arguments = strv_of(rest);
  });
}

/**
 * gst_webrtc_server_video_options_get_option_group:
 * @self: the options
 *
 * The flags of gst_webrtc_server_video_options_parse() for a #GOptionContext, which has a program's
 * other flags and its help. Parsing sets these options.
 *
 * Returns: (transfer full): a new group, for g_option_context_add_group()
 *
 * Since: 0.1
 */
GOptionGroup* gst_webrtc_server_video_options_get_option_group(GstWebRTCServerVideoOptions* self) {
  g_return_val_if_fail(GST_WEBRTC_SERVER_IS_VIDEO_OPTIONS(self), nullptr);
  GOptionGroup* group =
      g_option_group_new("video", "Options of video:", "Show the options of video",
                         g_object_ref(self), g_object_unref);
  std::vector<GOptionEntry> entries;
  for (const VideoOption& option : webrtcserver::video_option_table()) {
    if (!option.flag) continue;
    entries.push_back({option.flag, 0, option.value ? 0 : G_OPTION_FLAG_NO_ARG,
                       G_OPTION_ARG_CALLBACK, reinterpret_cast<gpointer>(take_flag), option.blurb,
                       option.value});
  }
  entries.push_back({});
  g_option_group_add_entries(group, entries.data());  // copied
  return group;
}
