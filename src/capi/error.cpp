// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/webrtcserver/error.h>

#include <array>

#include "base/error.hpp"

namespace {

using webrtcserver::ErrorCode;

constexpr GEnumValue row(GstWebRTCServerError value, const char* name, const char* nick) {
  return {value, name, nick};
}

constexpr bool same(GstWebRTCServerError c, ErrorCode cpp) {
  return static_cast<int>(c) == static_cast<int>(cpp);
}

// An ErrorCode becomes a GError's code by a cast.
static_assert(same(GST_WEBRTC_SERVER_ERROR_FAILED, ErrorCode::kFailed));
static_assert(same(GST_WEBRTC_SERVER_ERROR_INVALID_URI, ErrorCode::kInvalidUri));
static_assert(same(GST_WEBRTC_SERVER_ERROR_ADDRESS_IN_USE, ErrorCode::kAddressInUse));
static_assert(same(GST_WEBRTC_SERVER_ERROR_ADDRESS_UNAVAILABLE, ErrorCode::kAddressUnavailable));
static_assert(same(GST_WEBRTC_SERVER_ERROR_NAME_TAKEN, ErrorCode::kNameTaken));
static_assert(same(GST_WEBRTC_SERVER_ERROR_SETTINGS_CONFLICT, ErrorCode::kSettingsConflict));
static_assert(same(GST_WEBRTC_SERVER_ERROR_TLS, ErrorCode::kTls));
static_assert(same(GST_WEBRTC_SERVER_ERROR_NO_ENCODER, ErrorCode::kNoEncoder));
static_assert(same(GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC, ErrorCode::kNoCommonCodec));
static_assert(same(GST_WEBRTC_SERVER_ERROR_LIMIT, ErrorCode::kLimit));
static_assert(same(GST_WEBRTC_SERVER_ERROR_PROTOCOL, ErrorCode::kProtocol));
static_assert(same(GST_WEBRTC_SERVER_ERROR_CLOSED, ErrorCode::kClosed));

#define ROW(value, nick) \
  row(GST_WEBRTC_SERVER_ERROR_##value, "GST_WEBRTC_SERVER_ERROR_" #value, nick)
// GLib keeps the address and wants a row of zeros at the end.
constexpr std::array<GEnumValue, 13> kErrorValues = {{
    ROW(FAILED, "failed"),
    ROW(INVALID_URI, "invalid-uri"),
    ROW(ADDRESS_IN_USE, "address-in-use"),
    ROW(ADDRESS_UNAVAILABLE, "address-unavailable"),
    ROW(NAME_TAKEN, "name-taken"),
    ROW(SETTINGS_CONFLICT, "settings-conflict"),
    ROW(TLS, "tls"),
    ROW(NO_ENCODER, "no-encoder"),
    ROW(NO_COMMON_CODEC, "no-common-codec"),
    ROW(LIMIT, "limit"),
    ROW(PROTOCOL, "protocol"),
    ROW(CLOSED, "closed"),
    {0, nullptr, nullptr},
}};
#undef ROW

}  // namespace

// Not by G_DEFINE_QUARK, in whose name clang-format sees subtractions.
GQuark gst_webrtc_server_error_quark() {
  return g_quark_from_static_string("gst-webrtc-server-error-quark");
}

GType gst_webrtc_server_error_get_type() {
  static const GType type = g_enum_register_static("GstWebRTCServerError", kErrorValues.data());
  return type;
}
