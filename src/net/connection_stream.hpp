// SPDX-License-Identifier: LGPL-2.1-or-later
// connection_stream.hpp — a GIOStream that keeps its Connection counted and never waits when it is
// closed. Server thread.
//
// Closing a GTlsConnection writes an alert and waits until the socket takes it. libsoup closes its
// connections that way on the server's thread, so that a peer who does not read could stop the
// server. This stream shuts the socket down first when it has no room.
#pragma once

#include <gio/gio.h>

#include <memory>

#include "base/ref.hpp"
#include "net/connection_table.hpp"

namespace webrtcserver {

// `base` speaks on the connection's socket, with or without TLS.
Ref<GIOStream> make_connection_stream(Ref<GIOStream> base, std::shared_ptr<Connection> connection);

}  // namespace webrtcserver
