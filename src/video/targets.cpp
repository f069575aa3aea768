// SPDX-License-Identifier: LGPL-2.1-or-later
#include "video/targets.hpp"

#include <algorithm>
#include <string_view>

#include "base/error.hpp"
#include "net/uri_text.hpp"
#include "video/network_settings.hpp"

namespace webrtcserver {

std::string name_of(const Location& location) {
  return "\"" + without_secrets(location.text) + "\"";
}

std::string query_value(const Location& location, std::string_view name) {
  const auto found = std::find_if(location.query.begin(), location.query.end(),
                                  [name](const auto& field) { return field.first == name; });
  return found == location.query.end() ? "" : found->second;
}

void check_query(const Location& location, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : location.query) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string words;
    for (const std::string_view one : known)
      words += (words.empty() ? "" : ", ") + std::string(one);
    throw Error(ErrorCode::kInvalidUri, name_of(location) + " knows no option \"" + name + "\"" +
                                            (words.empty() ? "." : "; there is " + words + "."));
  }
}

void need_element(const Location& location, const char* element, const char* package) {
  if (Ref<GstElementFactory>::adopt(gst_element_factory_find(element))) return;
  throw Error(ErrorCode::kFailed, name_of(location) + " needs the GStreamer element " + element +
                                      "; install " + package + ".");
}

ChainTarget::Plan chain_plan(const TargetRequest& request) {
  ChainTarget::Plan plan;
  plan.location = request.location;
  plan.format = request.format;
  plan.wait = request.wait;
  return plan;
}

void check_target(const Location& location, const OutputFormat& format,
                  const VideoOptions& options) {
  if (format.muxer)
    need_element(location, format.muxer, "gstreamer1.0-plugins-good and gstreamer1.0-plugins-bad");
  switch (location.kind) {
    case LocationKind::kFile:
    case LocationKind::kImageSequence:
      return check_file_target(location, format);
    case LocationKind::kWebrtc:
    case LocationKind::kWhip:
      check_network_settings(options);
      return need_element(location, "webrtcserversink", "the plugin of gst-webrtc-server");
    case LocationKind::kRtp:
      check_query(location, {"sdp"});
      return need_element(location, "udpsink", "gstreamer1.0-plugins-good");
    case LocationKind::kRtmp:
      return need_element(location, "rtmp2sink", "gstreamer1.0-plugins-bad");
    case LocationKind::kDisplay:
      check_query(location, {});
      return check_display_target(location);
    case LocationKind::kRtsp:
      check_query(location, {});
      return check_rtsp_target(location);
    default:
      throw Error(ErrorCode::kInvalidUri, name_of(location) + " is no place to write to.");
  }
}

std::shared_ptr<Target> make_target(const TargetRequest& request) {
  switch (request.location.kind) {
    case LocationKind::kWebrtc:
    case LocationKind::kWhip:
      return make_webrtc_target(request);
    case LocationKind::kRtp:
      return make_rtp_target(request);
    case LocationKind::kRtmp:
      return make_rtmp_target(request);
    case LocationKind::kDisplay:
      return make_display_target(request);
    case LocationKind::kRtsp:
      return make_rtsp_target(request);
    default:
      return make_file_target(request);
  }
}

}  // namespace webrtcserver
