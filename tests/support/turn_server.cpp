// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/turn_server.hpp"

#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

std::string program() {
  return take_string(g_find_program_in_path("turnserver"));
}

// Tests run side by side, each in a process: none takes the other's ports on an address of its own.
std::string own_address() {
  const auto process = static_cast<unsigned>(getpid());
  return "127." + std::to_string(1 + process / 65536 % 250) + "." +
         std::to_string(process / 256 % 256) + "." + std::to_string(1 + process % 250);
}

Ref<GSocketAddress> socket_address(const std::string& address, std::uint16_t port) {
  return Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(address.c_str(), port));
}

Ref<GSocket> make_socket(GSocketType type) {
  return Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, type, G_SOCKET_PROTOCOL_DEFAULT, nullptr));
}

bool answers_over_tcp(const Ref<GSocketAddress>& address) {
  return g_socket_connect(make_socket(G_SOCKET_TYPE_STREAM).get(), address.get(), nullptr, nullptr);
}

bool answers_over_udp(const Ref<GSocketAddress>& address) {
  // A STUN binding request, RFC 8489, section 5.
  constexpr char kBinding[20] = "\0\1\0\0\x21\x12\xA4\x42transaction";
  constexpr gint64 kMicroseconds = 50'000;
  const auto socket = make_socket(G_SOCKET_TYPE_DATAGRAM);
  char answer = 0;
  return g_socket_connect(socket.get(), address.get(), nullptr, nullptr) &&
         g_socket_send(socket.get(), kBinding, sizeof(kBinding), nullptr, nullptr) > 0 &&
         g_socket_condition_timed_wait(socket.get(), G_IO_IN, kMicroseconds, nullptr, nullptr) &&
         g_socket_receive(socket.get(), &answer, 1, nullptr, nullptr) > 0;
}

std::uint16_t free_port(const std::string& address) {
  const auto socket = make_socket(G_SOCKET_TYPE_STREAM);
  if (!g_socket_bind(socket.get(), socket_address(address, 0).get(), FALSE, nullptr))
    throw std::runtime_error("There is no free port on " + address + ".");
  const auto bound = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
  return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
}

}  // namespace

bool TurnServer::is_installed() {
  return !program().empty();
}

std::string free_place() {
  const std::string address = own_address();
  return address + ":" + std::to_string(free_port(address));
}

TurnServer::TurnServer(const std::vector<std::string>& options) {
  const std::string address = own_address();
  const std::uint16_t port = free_port(address);
  place_ = address + ":" + std::to_string(port);
  // Without a certificate there is no DTLS. Not --no-dtls: coturn 4.18 ends when it reads that.
  std::vector<std::string> arguments{program(),
                                     "-n",
                                     "--no-cli",
                                     "--no-tls",
                                     "--realm=test",
                                     "--allow-loopback-peers",
                                     "--log-file=stdout",
                                     "--listening-ip=" + address,
                                     "--relay-ip=" + address,
                                     "--listening-port=" + std::to_string(port),
                                     "--pidfile=" + folder_.path("pid"),
                                     "--userdb=" + folder_.path("users")};
  arguments.insert(arguments.end(), options.begin(), options.end());
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  words.push_back(nullptr);
  GError* error = nullptr;
  process_ = Ref<GSubprocess>::adopt(
      g_subprocess_newv(words.data(),
                        static_cast<GSubprocessFlags>(G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                      G_SUBPROCESS_FLAGS_STDERR_SILENCE),
                        &error));
  const Owned<GError> owned(error);
  if (!process_)
    throw std::runtime_error(std::string("turnserver does not start: ") + error->message);
  // It says nothing that could be waited for.
  const auto there = socket_address(address, port);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!answers_over_tcp(there) || !answers_over_udp(there)) {
    if (std::chrono::steady_clock::now() >= deadline)
      throw std::runtime_error("turnserver does not listen at " + place_ + ".");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

TurnServer::~TurnServer() {
  g_subprocess_force_exit(process_.get());
  g_subprocess_wait(process_.get(), nullptr, nullptr);
}

}  // namespace webrtcserver::test
