// SPDX-License-Identifier: LGPL-2.1-or-later
#include "service.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "secrets.hpp"

Service::Service() {
  const char* name = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  // A path, or "@" and an abstract name.
  if (!name || (name[0] != '/' && name[0] != '@')) return;
  const std::size_t length = std::strlen(name);
  if (length >= sizeof(address.sun_path)) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name, length);
  if (name[0] == '@') address.sun_path[0] = '\0';
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0) return;
  close(socket_);
  socket_ = -1;
}

Service::~Service() {
  if (socket_ >= 0) close(socket_);
}

void Service::tell_status(const std::string& text) const {
  std::string line = without_secrets(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  tell("STATUS=" + line + "\nWATCHDOG=1");
}

void Service::tell(const std::string& state) const {
  // systemd that does not listen is no reason to stop streaming.
  if (socket_ >= 0) (void)!send(socket_, state.data(), state.size(), MSG_NOSIGNAL);
}
