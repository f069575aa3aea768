// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/ice_restart.hpp"

#include <agent.h>

#include <string_view>

#include "rtc/nice_agent.hpp"

namespace webrtcserver {

namespace {

constexpr guint kStream = 1;  // libnice counts from 1, and the first is the bundle's
constexpr guint kComponent = NICE_COMPONENT_TYPE_RTP;

std::vector<std::string> local_candidates(NiceAgent* agent) {
  std::vector<std::string> candidates;
  GSList* list = nice_agent_get_local_candidates(agent, kStream, kComponent);
  for (GSList* item = list; item; item = item->next) {
    auto* candidate = static_cast<NiceCandidate*>(item->data);
    const std::string line = take_string(nice_agent_generate_local_candidate_sdp(agent, candidate));
    constexpr std::string_view kAttribute = "a=";
    if (line.starts_with(kAttribute)) candidates.push_back(line.substr(kAttribute.size()));
    nice_candidate_free(candidate);
  }
  g_slist_free(list);
  return candidates;
}

}  // namespace

std::optional<IceRestart> restart_ice(GstElement* webrtcbin, const IceCredentials& remote) {
  const auto object = nice_agent_of(webrtcbin);
  if (!object) return {};
  NiceAgent* agent = NICE_AGENT(object.get());
  if (!nice_agent_restart_stream(agent, kStream)) return {};
  gchar* ufrag = nullptr;
  gchar* pwd = nullptr;
  if (!nice_agent_get_local_credentials(agent, kStream, &ufrag, &pwd)) return {};
  IceRestart restart{{take_string(ufrag), take_string(pwd)}, local_candidates(agent)};
  if (!nice_agent_set_remote_credentials(agent, kStream, remote.ufrag.c_str(), remote.pwd.c_str()))
    return {};
  return restart;
}

}  // namespace webrtcserver
