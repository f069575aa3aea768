// SPDX-License-Identifier: LGPL-2.1-or-later
// server_options.hpp — what people set of a server, and whether two who name one address agree.
// Plain values; usable on any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "net/stream_uri.hpp"
#include "net/tls.hpp"
#include "rtc/ice.hpp"
#include "server/server.hpp"

namespace webrtcserver {

struct ServerOptions {
  IceSettings ice;
  TlsMode tls = TlsMode::kAuto;
  std::string tls_certificate;
  std::string tls_key;
  std::string auth_tokens;
  std::vector<std::string> allowed_origins;
  // What is wrong with values that could not be taken, by property: opening fails with it.
  std::map<std::string, std::string> mistakes;
};

// Throws Error: the first mistake, files of TLS that are half a pair, an ICE server that is
// malformed. `secure`: without TLS there shall be no server.
Server::Settings settings_from(const ServerOptions& options, const Endpoint& endpoint, bool secure);

// What somebody left as it comes, the running server decides. Throws Error(kSettingsConflict) where
// something was set and is another there.
void check_agreement(const Server::Settings& running, const Server::Settings& wanted);

}  // namespace webrtcserver
