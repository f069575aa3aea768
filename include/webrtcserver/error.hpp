// SPDX-License-Identifier: LGPL-2.1-or-later
// error.hpp — what this library throws.
#pragma once

#include <gst/gst.h>
#include <gst/webrtcserver/error.h>

#include <stdexcept>
#include <string>

namespace webrtcserver {
inline namespace v1 {

/// What went wrong. The message of the Error says on what, and what to do.
enum class ErrorCode {
  /// None of the others: a file that is not there, a camera that is busy, a server that refuses …
  kFailed = GST_WEBRTC_SERVER_ERROR_FAILED,
  /// A part of the address is malformed, or nothing reads or writes such an address.
  kInvalidUri = GST_WEBRTC_SERVER_ERROR_INVALID_URI,
  /// Another process listens on this address and port.
  kAddressInUse = GST_WEBRTC_SERVER_ERROR_ADDRESS_IN_USE,
  /// The host does not resolve or is not this machine's, or the port is privileged.
  kAddressUnavailable = GST_WEBRTC_SERVER_ERROR_ADDRESS_UNAVAILABLE,
  /// The server already has a stream of this name and direction.
  kNameTaken = GST_WEBRTC_SERVER_ERROR_NAME_TAKEN,
  /// The running server was opened with other settings.
  kSettingsConflict = GST_WEBRTC_SERVER_ERROR_SETTINGS_CONFLICT,
  /// The certificate or key is missing, unreadable or does not fit.
  kTls = GST_WEBRTC_SERVER_ERROR_TLS,
  /// No installed encoder takes what is delivered.
  kNoEncoder = GST_WEBRTC_SERVER_ERROR_NO_ENCODER,
  /// The other side decodes none of the codecs on offer.
  kNoCommonCodec = GST_WEBRTC_SERVER_ERROR_NO_COMMON_CODEC,
  /// A limit on size, rate or number was reached.
  kLimit = GST_WEBRTC_SERVER_ERROR_LIMIT,
  /// The remote side sent what the protocol does not allow.
  kProtocol = GST_WEBRTC_SERVER_ERROR_PROTOCOL,
  /// The object was closed before.
  kClosed = GST_WEBRTC_SERVER_ERROR_CLOSED,
};

/// The one exception of this library; what() is a sentence for people, with the cause.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

namespace detail {

// Throws what a function of the C API left behind; frees it.
[[noreturn]] inline void throw_error(GError* error) {
  if (!error) throw Error(ErrorCode::kFailed, "The library gave no reason.");
  const std::string message = error->message;
  // GStreamer's own domains have codes of their own.
  const auto code = error->domain == GST_WEBRTC_SERVER_ERROR ? static_cast<ErrorCode>(error->code)
                                                             : ErrorCode::kFailed;
  g_error_free(error);
  throw Error(code, message);
}

// GStreamer starts with the first object that needs it; the application's own gst_init() may come
// before or after.
inline void initialise() {
  GError* error = nullptr;
  if (!gst_init_check(nullptr, nullptr, &error)) throw_error(error);
}

}  // namespace detail
}  // namespace v1
}  // namespace webrtcserver
