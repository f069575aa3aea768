// SPDX-License-Identifier: LGPL-2.1-or-later
// self_signed.hpp — a certificate of this machine's own, for those who have none: browsers open a
// camera on secure pages only, and warn once about this one. Usable on any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "net/tls.hpp"

namespace webrtcserver {

// certificate.pem and key.pem in $XDG_STATE_HOME/gst-webrtc-server, by default
// ~/.local/state/gst-webrtc-server, whether they are there or not.
TlsFiles self_signed_files();

// What this machine is called and reached by: host names and numeric addresses, loopback's
// included. `interface`: of an Endpoint, added when it is a name or an address of its own.
std::vector<std::string> own_names(const std::string& interface);

inline constexpr std::chrono::hours kSelfSignedLife{24 * 397};
inline constexpr std::chrono::hours kSelfSignedRenewal{24 * 30};  // before its end

// Makes the files (mode 0600) where there are none, and the certificate anew, with the same key,
// when it lacks one of `names` or ends within kSelfSignedRenewal. Programs that start at once share
// them. Throws Error(kTls) when they cannot be written, or when the key there is of no use.
void keep_self_signed(const TlsFiles& files, const std::vector<std::string>& names);

}  // namespace webrtcserver
