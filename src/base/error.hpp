// SPDX-License-Identifier: LGPL-2.1-or-later
// error.hpp — the one exception type: what failed, on what, and what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace webrtcserver {

// The numbers are those of GstWebRTCServerError in the C API.
enum class ErrorCode {
  kFailed = 0,
  kInvalidUri,
  kAddressInUse,
  kAddressUnavailable,
  kNameTaken,
  kSettingsConflict,
  kTls,
  kNoEncoder,
  kNoCommonCodec,
  kLimit,
  kProtocol,
  kClosed,
};

class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace webrtcserver
