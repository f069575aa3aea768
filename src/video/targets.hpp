// SPDX-License-Identifier: LGPL-2.1-or-later
// targets.hpp — makes the target of an address. A file per family of kinds: file_target.cpp,
// webrtc_target.cpp, network_target.cpp, display_target.cpp, rtsp_target.cpp.
#pragma once

#include <memory>

#include "video/chain_target.hpp"
#include "video/options.hpp"

namespace webrtcserver {

struct TargetRequest {
  Location location;
  const OutputFormat* format = nullptr;
  const VideoOptions* options = nullptr;
  bool wait = false;      // push() waits for room
  Ref<GObject> controls;  // for webrtcsink's property remote-controls; may be null
  std::weak_ptr<Target::Listener> listener;
  std::shared_ptr<SharedContexts> contexts;  // of the output's pipelines
};

// Checks what can be checked without opening anything. Throws Error, which names the address.
void check_target(const Location& location, const OutputFormat& format,
                  const VideoOptions& options);
std::shared_ptr<Target> make_target(const TargetRequest& request);

void check_file_target(const Location& location, const OutputFormat& format);
void check_display_target(const Location& location);
void check_rtsp_target(const Location& location);
std::shared_ptr<Target> make_file_target(const TargetRequest& request);
std::shared_ptr<Target> make_webrtc_target(const TargetRequest& request);
std::shared_ptr<Target> make_rtp_target(const TargetRequest& request);
std::shared_ptr<Target> make_rtmp_target(const TargetRequest& request);
std::shared_ptr<Target> make_display_target(const TargetRequest& request);
std::shared_ptr<Target> make_rtsp_target(const TargetRequest& request);

// Whether the encoder that `sink`, a webrtcsink, uses first takes pictures of these raw caps where
// they lie.
bool webrtcsink_takes(GstElement* sink, const GstCaps* caps);

// For messages and logs: the address between quotes, without a password or a token.
std::string name_of(const Location& location);
// What a ChainTarget needs of any request.
ChainTarget::Plan chain_plan(const TargetRequest& request);
// The value of ?name=…; empty: none.
std::string query_value(const Location& location, std::string_view name);
// Throws Error for a name in the query that is not among `known` ("sdp, …"; "" for none).
void check_query(const Location& location, std::initializer_list<std::string_view> known);
// Throws Error: there is no such element; `package` has it.
void need_element(const Location& location, const char* element, const char* package);

}  // namespace webrtcserver
