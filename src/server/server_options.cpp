// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/server_options.hpp"

#include "base/error.hpp"

namespace webrtcserver {

namespace {

template <typename Value>
bool differs(const Value& running, const Value& wanted, const Value& unsaid) {
  return wanted != unsaid && wanted != running;
}

bool ice_differs(const IceSettings& running, const IceSettings& wanted) {
  const IceSettings unsaid;
  return differs(running.stun_server, wanted.stun_server, unsaid.stun_server) ||
         differs(running.turn_servers, wanted.turn_servers, unsaid.turn_servers) ||
         differs(running.turn_secret, wanted.turn_secret, unsaid.turn_secret) ||
         differs(running.relay_only, wanted.relay_only, unsaid.relay_only) ||
         differs(running.min_port, wanted.min_port, unsaid.min_port) ||
         differs(running.max_port, wanted.max_port, unsaid.max_port) ||
         differs(running.tcp, wanted.tcp, unsaid.tcp);
}

}  // namespace

Server::Settings settings_from(const ServerOptions& options, const Endpoint& endpoint,
                               bool secure) {
  if (!options.mistakes.empty()) throw Error(ErrorCode::kFailed, options.mistakes.begin()->second);
  ice_servers(options.ice, "");  // throws for a malformed one
  Server::Settings settings;
  settings.endpoint = endpoint;
  settings.tls = tls_files_from(options.tls, options.tls_certificate, options.tls_key);
  settings.tls_said =
      options.tls != TlsMode::kAuto || !options.tls_certificate.empty() || !options.tls_key.empty();
  settings.secure = secure;
  settings.ice = options.ice;
  settings.auth_tokens = options.auth_tokens;
  settings.allowed_origins = options.allowed_origins;
  return settings;
}

void check_agreement(const Server::Settings& running, const Server::Settings& wanted) {
  const auto conflict = [&](const char* what) {
    throw Error(ErrorCode::kSettingsConflict,
                "The server at " + wanted.endpoint.text() +
                    " already runs in this process with other " + what +
                    " settings; give its elements the same, or another port.");
  };
  if (wanted.tls_said ? running.tls != wanted.tls : wanted.secure && !running.tls) conflict("TLS");
  if (ice_differs(running.ice, wanted.ice)) conflict("ICE");
  if (differs(running.auth_tokens, wanted.auth_tokens, {})) conflict("auth-tokens");
  if (differs(running.allowed_origins, wanted.allowed_origins, {})) conflict("allowed-origins");
}

}  // namespace webrtcserver
