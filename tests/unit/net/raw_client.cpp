// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_client.hpp"

#include <sys/socket.h>

#include <array>
#include <stdexcept>

namespace webrtcserver::test {

namespace {

[[noreturn]] void fail(GError* error) {
  const Owned<GError> owned(error);
  throw std::runtime_error(error ? error->message : "the stream ended");
}

}  // namespace

RawClient::RawClient(std::uint16_t port, const std::string& address, Tls tls, int receive_buffer,
                     const std::string& source)
    : host_((address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" +
            std::to_string(port)) {
  GError* error = nullptr;
  const bool ipv6 = address.find(':') != std::string::npos;
  const auto socket =
      Ref<GSocket>::adopt(g_socket_new(ipv6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4,
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr));
  g_socket_set_timeout(socket.get(), kDeadline);
  if (receive_buffer > 0)
    g_socket_set_option(socket.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer, nullptr);
  if (!source.empty()) {
    const auto own =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(source.c_str(), 0));
    if (!g_socket_bind(socket.get(), own.get(), FALSE, &error)) fail(error);
  }
  const auto target =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(address.c_str(), port));
  if (!g_socket_connect(socket.get(), target.get(), nullptr, &error)) fail(error);
  connection_ =
      Ref<GSocketConnection>::adopt(g_socket_connection_factory_create_connection(socket.get()));
  stream_ = Ref<GIOStream>::retain(G_IO_STREAM(connection_.get()));
  if (tls == Tls::kYes) {
    // Without a database: it would be read for each connection, and trusts no test's certificate.
    auto secure = Ref<GIOStream>::adopt(static_cast<GIOStream*>(g_initable_new(
        g_tls_backend_get_client_connection_type(g_tls_backend_get_default()), nullptr, &error,
        "base-io-stream", stream_.get(), "database", nullptr, nullptr)));
    if (!secure) fail(error);
    const auto accept = [](GTlsConnection*, GTlsCertificate*, GTlsCertificateFlags,
                           gpointer) -> gboolean { return TRUE; };
    g_signal_connect(secure.get(), "accept-certificate",
                     G_CALLBACK(+static_cast<gboolean (*)(GTlsConnection*, GTlsCertificate*,
                                                          GTlsCertificateFlags, gpointer)>(accept)),
                     nullptr);
    if (!g_tls_connection_handshake(G_TLS_CONNECTION(secure.get()), nullptr, &error)) fail(error);
    stream_ = secure;
  }
}

void RawClient::write(std::string_view bytes) {
  GError* error = nullptr;
  if (!g_output_stream_write_all(g_io_stream_get_output_stream(stream_.get()), bytes.data(),
                                 bytes.size(), nullptr, nullptr, &error)) {
    fail(error);
  }
}

std::size_t RawClient::write_what_is_taken(std::string_view bytes) {
  gsize written = 0;
  GError* error = nullptr;
  g_output_stream_write_all(g_io_stream_get_output_stream(stream_.get()), bytes.data(),
                            bytes.size(), &written, nullptr, &error);
  const Owned<GError> owned(error);
  return written;
}

void RawClient::half_close() {
  g_socket_shutdown(g_socket_connection_get_socket(connection_.get()), FALSE, TRUE, nullptr);
}

bool RawClient::fill() {
  std::array<char, 16 * 1024> bytes{};
  GError* error = nullptr;
  const gssize count = g_input_stream_read(g_io_stream_get_input_stream(stream_.get()),
                                           bytes.data(), bytes.size(), nullptr, &error);
  // A reset is an end, too.
  if (count < 0 && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) fail(error);
  const Owned<GError> owned(error);
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read_to_end() {
  while (fill()) {
  }
  return std::move(buffer_);
}

bool RawClient::at_end() {
  return buffer_.empty() && !fill();
}

std::string RawClient::read_until(std::string_view mark) {
  std::size_t found = std::string::npos;
  while ((found = buffer_.find(mark)) == std::string::npos) {
    if (!fill()) throw std::runtime_error("the stream ended after: " + buffer_);
  }
  std::string text = buffer_.substr(0, found + mark.size());
  buffer_.erase(0, text.size());
  return text;
}

std::string RawClient::read(std::size_t count) {
  while (buffer_.size() < count) {
    if (!fill()) throw std::runtime_error("the stream ended");
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

Reply RawClient::read_reply(bool head) {
  std::string text = read_until("\r\n\r\n");
  Reply reply;
  // What libsoup does not read it may answer as the oldest client would understand.
  const bool http = text.starts_with("HTTP/1.1 ") || text.starts_with("HTTP/1.0 400 ");
  if (!http) throw std::runtime_error("not HTTP/1.1: " + text);
  reply.status = std::stoi(text.substr(9, 3));
  std::size_t at = text.find("\r\n") + 2;
  while (true) {
    const std::size_t end = text.find("\r\n", at);
    if (end == at) break;
    const std::string line = text.substr(at, end - at);
    const std::size_t colon = line.find(':');
    std::string name = take_string(g_ascii_strdown(line.substr(0, colon).c_str(), -1));
    if (!reply.headers.emplace(name, line.substr(colon + 2)).second)
      throw std::runtime_error("twice: " + name);
    at = end + 2;
  }
  if (head || reply.status == 101 || reply.status == 204 || reply.status == 304) return reply;
  if (const auto length = reply.headers.find("content-length"); length != reply.headers.end()) {
    reply.body = read(std::stoul(length->second));
  }
  return reply;
}

Reply RawClient::request(const std::string& method, const std::string& target,
                         const std::string& more_headers, const std::string& body) {
  write(method + " " + target + " HTTP/1.1\r\nHost: " + host_ + "\r\n" + more_headers +
        (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") + "\r\n" +
        body);
  return read_reply(method == "HEAD");
}

Reply RawClient::get(const std::string& target, const std::string& more_headers) {
  return request("GET", target, more_headers);
}

Reply RawWebSocket::open(const std::string& target, const std::string& more_headers) {
  return get(target, kHandshake + more_headers);
}

std::string RawWebSocket::encode(Opcode opcode, std::string_view payload, bool fin, bool masked) {
  std::string frame = make_frame(opcode, payload);
  if (!fin) frame[0] = static_cast<char>(frame[0] & 0x7F);
  if (!masked) return frame;
  const std::size_t header = frame.size() - payload.size();
  frame[1] = static_cast<char>(static_cast<unsigned char>(frame[1]) | 0x80U);
  const std::string mask = "\x12\x34\x56\x78";
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame[header + i] = static_cast<char>(frame[header + i] ^ mask[i % 4]);
  return frame.insert(header, mask);
}

void RawWebSocket::send(Opcode opcode, std::string_view payload, bool fin, bool masked) {
  write(encode(opcode, payload, fin, masked));
}

RawWebSocket::Frame RawWebSocket::receive() {
  const std::string head = read(2);
  const auto byte = [](char c) { return static_cast<std::size_t>(static_cast<unsigned char>(c)); };
  std::size_t length = byte(head[1]) & 0x7FU;
  std::size_t more = length == 126 ? 2 : (length == 127 ? 8 : 0);
  if (more > 0) {
    length = 0;
    for (const char c : read(more)) length = length << 8U | byte(c);
  }
  return {static_cast<Opcode>(byte(head[0]) & 0x0FU), read(length)};
}

RawWebSocket::Frame RawWebSocket::receive_message() {
  while (true) {
    Frame frame = receive();
    if (frame.opcode != Opcode::kPing) return frame;
  }
}

}  // namespace webrtcserver::test
