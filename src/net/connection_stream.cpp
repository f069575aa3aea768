// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/connection_stream.hpp"

#include <utility>

namespace webrtcserver {

namespace {

struct ConnectionStreamPrivate {
  Ref<GIOStream> base;
  std::shared_ptr<Connection> connection;
};

struct ConnectionStream {
  GIOStream parent;
  ConnectionStreamPrivate* members;
};

struct ConnectionStreamClass {
  GIOStreamClass parent;
};

G_DEFINE_TYPE_WITH_PRIVATE(ConnectionStream, webrtcserver_connection_stream, G_TYPE_IO_STREAM)

ConnectionStreamPrivate& members(gpointer stream) {
  return *static_cast<ConnectionStream*>(stream)->members;
}

void webrtcserver_connection_stream_init(ConnectionStream* stream) {
  stream->members =
      new (webrtcserver_connection_stream_get_instance_private(stream)) ConnectionStreamPrivate();
}

void finalize(GObject* object) {
  std::destroy_at(&members(object));
  G_OBJECT_CLASS(webrtcserver_connection_stream_parent_class)->finalize(object);
}

GInputStream* get_input(GIOStream* stream) {
  return g_io_stream_get_input_stream(members(stream).base.get());
}

GOutputStream* get_output(GIOStream* stream) {
  return g_io_stream_get_output_stream(members(stream).base.get());
}

gboolean close_stream(GIOStream* stream, GCancellable* cancellable, GError** error) {
  GSocket* socket = members(stream).connection->socket().get();
  if ((g_socket_condition_check(socket, G_IO_OUT) & G_IO_OUT) == 0)
    g_socket_shutdown(socket, TRUE, TRUE, nullptr);
  return g_io_stream_close(members(stream).base.get(), cancellable, error);
}

void webrtcserver_connection_stream_class_init(ConnectionStreamClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = finalize;
  auto* io = G_IO_STREAM_CLASS(klass);
  io->get_input_stream = get_input;
  io->get_output_stream = get_output;
  io->close_fn = close_stream;
}

}  // namespace

Ref<GIOStream> make_connection_stream(Ref<GIOStream> base, std::shared_ptr<Connection> connection) {
  auto stream = Ref<GIOStream>::adopt(
      G_IO_STREAM(g_object_new(webrtcserver_connection_stream_get_type(), nullptr)));
  members(stream.get()).base = std::move(base);
  members(stream.get()).connection = std::move(connection);
  return stream;
}

}  // namespace webrtcserver
