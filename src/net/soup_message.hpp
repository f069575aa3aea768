// SPDX-License-Identifier: LGPL-2.1-or-later
// soup_message.hpp — between libsoup's messages and our requests, responses and connections. Server
// thread.
#pragma once

#include <gio/gio.h>

#include <memory>
#include <string>
#include <vector>

#include "net/connection_table.hpp"
#include "net/grant.hpp"
#include "net/http.hpp"

// As libsoup declares it.
using SoupServerMessage = struct _SoupServerMessage;

namespace webrtcserver {

void attach_connection(SoupServerMessage* message, const std::shared_ptr<Connection>& connection);
// Null once the connection is gone.
std::shared_ptr<Connection> connection_of(SoupServerMessage* message);

// What its sender may do; null until it has been attached.
void attach_grant(SoupServerMessage* message, Grant grant);
std::shared_ptr<const Grant> grant_of(SoupServerMessage* message);

// All values of a header, one for each time it was written.
std::vector<std::string> header_values(SoupServerMessage* message, const char* name);
std::string raw_path(SoupServerMessage* message);     // percent-encoded
std::string target_host(SoupServerMessage* message);  // the host the request is for, without a port

// Whether the connection may carry another request after this one has been answered.
bool may_be_followed(SoupServerMessage* message);
// Takes the connection from libsoup, with what was read from it and not used; null when it is gone.
Ref<GIOStream> steal_stream(SoupServerMessage* message);
// Whether that has been done.
bool is_stolen(SoupServerMessage* message);
// How many of libsoup's streams such a one has around it. Each request that came early adds one.
std::size_t layers_around(const Ref<GIOStream>& stream);

HttpRequest read_request(SoupServerMessage* message);

// Sets the response with the headers that every response has, unless it has them itself.
void respond(SoupServerMessage* message, const HttpResponse& response);
// The same as text, for a connection that was taken from libsoup and ends with this response.
// Without a body the head is written alone, and what follows is the body.
std::string write_response(const HttpResponse& response);

}  // namespace webrtcserver
