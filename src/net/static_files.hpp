// SPDX-License-Identifier: LGPL-2.1-or-later
// static_files.hpp — files that are compiled into the library through GResource.
// Immutable after construction; used on the server thread.
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace webrtcserver {

class StaticFiles {
 public:
  // What pages may do: load from this server, open sockets (to anywhere, since the client may watch
  // another server), and be framed. Inline script and style are not among it.
  static constexpr std::string_view kContentSecurityPolicy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "media-src 'self' blob:; connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; "
      "form-action 'none'";

  // `prefix` is a GResource path without a slash at its end.
  explicit StaticFiles(std::string prefix = "/webrtcserver/web");

  // The file at `path` below the prefix ("index.html", "assets/app.js"): 200, 304 when the
  // request's If-None-Match has its entity tag, or 404. HTML gets the policy above; JavaScript
  // modules of the client (webrtc-client*) may be imported by pages of any origin.
  HttpResponse serve(const HttpRequest& request, std::string_view path) const;

  bool contains(std::string_view path) const;

 private:
  std::string prefix_;
};

}  // namespace webrtcserver
