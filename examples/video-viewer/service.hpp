// SPDX-License-Identifier: LGPL-2.1-or-later
// service.hpp — what systemd is told where it has started the program with Type=notify: a datagram
// to the socket that $NOTIFY_SOCKET names (sd_notify(3)). Nowhere else is anything done. One
// thread.
#pragma once

#include <string>

class Service {
 public:
  Service();
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  bool is_there() const { return socket_ >= 0; }
  void tell_ready() const { tell("READY=1"); }
  void tell_stopping() const { tell("STOPPING=1"); }
  // For `systemctl status`; and that the program is alive, for WatchdogSec=. A line: what
  // stands in another would be read as something else that is told.
  void tell_status(const std::string& text) const;

 private:
  void tell(const std::string& state) const;

  int socket_ = -1;
};
