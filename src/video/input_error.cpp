// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/input_error.hpp"

#include "net/uri_text.hpp"

namespace webrtcserver {

namespace {

// The part of the debugging text behind the place in the source: what the system said.
std::string detail_of(const std::string& debug) {
  const auto end_of_place = debug.find('\n');
  if (end_of_place == std::string::npos) return "";
  std::string detail = debug.substr(end_of_place + 1);
  while (!detail.empty() && (g_ascii_isspace(detail.back()) || detail.back() == '.'))
    detail.pop_back();
  return detail;
}

struct Words {
  ErrorCode code;
  std::string text;
};

Words words_of_resource(const Location& input, int code) {
  const std::string name = shown(input);
  switch (code) {
    case GST_RESOURCE_ERROR_NOT_FOUND:
      return {ErrorCode::kFailed, name + " is not there"};
    case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
      return {ErrorCode::kFailed,
              input.kind == LocationKind::kRtsp
                  ? name +
                        " wants a user's name and password, or other ones; write them as "
                        "rtsp://user:password@host/path"
                  : name + " may not be read"};
    case GST_RESOURCE_ERROR_BUSY:
      return {ErrorCode::kFailed, name + " is in use by another program"};
    case GST_RESOURCE_ERROR_SETTINGS:
      if (input.kind == LocationKind::kRtp) {
        return {ErrorCode::kAddressInUse,
                "Port " + std::to_string(input.port) + " cannot be listened on for " + name};
      }
      break;
    case GST_RESOURCE_ERROR_OPEN_READ:
    case GST_RESOURCE_ERROR_OPEN_WRITE:
    case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
      return {ErrorCode::kFailed, name + " cannot be opened"};
    case GST_RESOURCE_ERROR_READ:
      return {ErrorCode::kFailed, "Reading " + name + " has failed"};
    default:
      break;
  }
  return {ErrorCode::kFailed, name + " cannot be read"};
}

Words words_of_stream(const Location& input, int code) {
  const std::string name = shown(input);
  switch (code) {
    case GST_STREAM_ERROR_TYPE_NOT_FOUND:
    case GST_STREAM_ERROR_WRONG_TYPE:
      return {ErrorCode::kFailed, name + " is no video that GStreamer knows"};
    case GST_STREAM_ERROR_CODEC_NOT_FOUND:
      return {ErrorCode::kFailed, "No decoder is installed for " + name};
    case GST_STREAM_ERROR_DECODE:
    case GST_STREAM_ERROR_DEMUX:
    case GST_STREAM_ERROR_FORMAT:
      return {ErrorCode::kFailed, name + " is damaged, or not what it seems"};
    default:
      return {ErrorCode::kFailed, name + " cannot be read"};
  }
}

// The elements of this project say it in sentences.
ErrorCode code_of_ours(const GError& error) {
  if (g_error_matches(&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return ErrorCode::kAddressInUse;
  if (g_error_matches(&error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS))
    return ErrorCode::kInvalidUri;
  return ErrorCode::kFailed;
}

}  // namespace

std::string shown(const Location& input) {
  return quote(without_secrets(input.text));
}

Error missing_error(const Location& input, const std::string& missing) {
  return {ErrorCode::kFailed,
          shown(input) + " needs what is not installed: " + missing + ". Install its plugin."};
}

Error input_error(const Location& input, GstMessage* message, const std::string& missing) {
  GError* parsed = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &parsed, &debug);
  const Owned<GError> error(parsed);
  const std::string detail = detail_of(take_string(debug));

  if (!missing.empty()) return missing_error(input, missing);
  if (input.kind == LocationKind::kWebrtc || input.kind == LocationKind::kWhep)
    return {code_of_ours(*error), error->message};

  Words words{ErrorCode::kFailed, shown(input) + " cannot be read"};
  if (error->domain == GST_RESOURCE_ERROR) words = words_of_resource(input, error->code);
  if (error->domain == GST_STREAM_ERROR) words = words_of_stream(input, error->code);
  return {words.code,
          words.text + ": " + error->message + (detail.empty() ? "" : " (" + detail + ")")};
}

}  // namespace webrtcserver
