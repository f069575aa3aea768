// SPDX-License-Identifier: LGPL-2.1-or-later
// origin_policy.hpp — which web pages may use the server, decided from Host and Origin.
// Plain values; usable on any thread.
//
// Host (against DNS rebinding: a page of evil.example whose name is pointed at this machine after
// it has loaded). Over TLS any host is served, because the browser has compared the certificate
// with the name. Over plain HTTP a Host must be something an attacker cannot register in the public
// DNS:
//   - a literal address; localhost and *.localhost; a name without dots;
//   - a name under .local, .lan, .home, .internal, .home.arpa, .localdomain (not in the public
//   DNS);
//   - the machine's own names: its host name, and its aliases in /etc/hosts;
//   - what the operator named: the host name of the server's address
//   (webrtc://cam.example.org:8554/…),
//     and the hosts of allowed_origins.
// No DNS question is asked to find this out.
//
// Origin (against cross-site WebSocket hijacking and CSRF). Sockets and every method that is not
// GET, HEAD or OPTIONS need an Origin that is absent (not a browser), equal to the Host the request
// was sent to, or listed in allowed_origins. The scheme is not compared with ours, because a proxy
// in front of the server may end TLS.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webrtcserver {

class OriginPolicy {
 public:
  // `operator_host`: the interface part of the server's address when it is a host name, else empty.
  // `allowed_origins`: "https://example.org[:port]", "null" or "*". Throws Error(kFailed) for
  // others.
  explicit OriginPolicy(bool secure = false, const std::string& operator_host = {},
                        const std::vector<std::string>& allowed_origins = {});

  // `host` is the value of the Host header: name or address, with or without a port.
  bool allows_host(std::string_view host) const;
  // `origin` is nothing when the request has no Origin header.
  bool allows_origin(const std::optional<std::string>& origin, std::string_view host) const;
  // True for a listed origin (or "*"): such a page may also read answers (CORS).
  bool lists(std::string_view origin) const;
  bool lists_any() const { return !allowed_origins_.empty(); }

 private:
  bool secure_;
  std::vector<std::string> own_names_;        // lower case
  std::vector<std::string> allowed_origins_;  // lower case, default ports removed
};

}  // namespace webrtcserver
