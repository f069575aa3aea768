// SPDX-License-Identifier: LGPL-2.1-or-later
// tls.hpp — the server's certificate and key. TLS that was asked for and cannot be had is an error;
// nothing falls back to plain text. Usable on any thread.
#pragma once

#include <gio/gio.h>

#include <optional>
#include <string>

#include "base/ref.hpp"

namespace webrtcserver {

struct TlsFiles {
  std::string certificate;   // path of a PEM file, the server's certificate first, then its chain
  std::string key;           // path of a PEM file with an unencrypted private key
  bool self_signed = false;  // by this library, which renews it

  bool operator==(const TlsFiles&) const = default;
};

enum class TlsMode {
  kAuto,       // with the files that are given, if any are
  kOff,        // even where $SSL_CERT is set
  kSelfSigned  // with a certificate of our own (self_signed.hpp)
};

// The files to use. kAuto: the two properties if either is set, else $SSL_CERT and $SSL_KEY, else
// none; empty counts as unset. Throws Error(kTls) when only one of a pair is given, or files are
// given to a mode that uses none.
std::optional<TlsFiles> tls_files_from(TlsMode mode, const std::string& certificate_property,
                                       const std::string& key_property);

// Throws Error(kTls) naming the file and the reason: unreadable, not PEM, an encrypted key, a key
// of another certificate, or no TLS in this GLib (glib-networking missing). An expired certificate
// is loaded with a warning in the log, since browsers tell their user about it.
Ref<GTlsCertificate> load_tls(const TlsFiles& files);

// "AB:CD:…", as browsers show it.
std::string sha256_of(GTlsCertificate* certificate);

}  // namespace webrtcserver
