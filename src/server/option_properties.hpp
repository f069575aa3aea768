// SPDX-License-Identifier: LGPL-2.1-or-later
// option_properties.hpp — ServerOptions as GObject properties: those of the elements, which have
// more of their own, and of the C API's server. And the options of a URI, which are properties.
#pragma once

#include <gst/gst.h>

#include <string>
#include <utility>
#include <vector>

#include "server/server_options.hpp"

namespace webrtcserver {

enum OptionProperty : guint {
  kStunServer = 1,
  kTurnServers,
  kIceTransportPolicy,
  kMinRtpPort,
  kMaxRtpPort,
  kIceTcp,
  kTls,
  kTlsCertificate,
  kTlsKey,
  kTurnSecret,
  kAuthTokens,
  kAllowedOrigins,
  kFirstFurtherProperty,
};

inline constexpr auto kWritableProperty =
    static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
inline constexpr auto kReadableProperty =
    static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

// TlsMode as an enumeration of GObject's.
GType tls_mode_type();

// What lists of texts are: gst-launch-1.0 writes GstValueArrays, and languages other than C know
// GStrv.
enum class TextLists { kValueArray, kStrv };
void install_option_properties(GObjectClass* klass, TextLists lists = TextLists::kValueArray);

// False for a property that is none of these.
bool set_option_property(ServerOptions& options, guint id, const GValue* value);
bool get_option_property(const ServerOptions& options, guint id, GValue* value);

// Empty for a property that is NULL.
std::string text_of(const GValue* value);
void give_text(GValue* value, const std::string& text);

// Of a GstValueArray of strings, or a GStrv.
std::vector<std::string> texts_of(const GValue* list);
void give_texts(GValue* list, const std::vector<std::string>& texts);

// Whether an option of a URI may have this name: it is a writable property of `object`.
bool is_uri_option(GObject* object, const std::string& name);

// Sets the options of a URI on `object`. Throws Error(kInvalidUri) for one that is no writable
// property of it, which the message says of `whose`, or whose value does not fit: which, and what
// fits.
void apply_uri_options(GObject* object,
                       const std::vector<std::pair<std::string, std::string>>& options,
                       const std::string& whose);

}  // namespace webrtcserver
