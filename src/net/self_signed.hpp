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

struct MachineNames {
  std::vector<std::string> lasting;    // host names and numeric addresses, loopback's included
  std::vector<std::string> addresses;  // that the machine has now, numeric
};

// What this machine is called and reached by. `interface`: of an Endpoint, among the lasting ones
// when it is a name or an address of its own.
MachineNames own_names(const std::string& interface);

inline constexpr std::chrono::hours kSelfSignedLife{24 * 397};
inline constexpr std::chrono::hours kSelfSignedRenewal{24 * 30};  // before its end

// Makes the files (mode 0600) where there are none, and the certificate anew, with the same key,
// when it lacks a lasting name or ends within kSelfSignedRenewal. The addresses go into one that is
// made, but none is made for them: they come and go (IPv6's temporary ones, VPNs, containers,
// DHCP), and each certificate has to be accepted anew in every browser. Programs that start at once
// share the files. Throws Error(kTls) when they cannot be written, or when the key there is of no
// use.
void keep_self_signed(const TlsFiles& files, const MachineNames& names);

}  // namespace webrtcserver
