// SPDX-License-Identifier: LGPL-2.1-or-later
#include "service.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace {

class ServiceTest : public testing::Test {
 protected:
  ~ServiceTest() override {
    unsetenv("NOTIFY_SOCKET");
    if (manager_ >= 0) close(manager_);
  }

  // Listens as systemd does; "@" begins an abstract name.
  void listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    manager_ = socket(AF_UNIX, SOCK_DGRAM, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    ASSERT_EQ(bind(manager_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  std::string received() const {
    char text[256];
    const auto length = recv(manager_, text, sizeof text, MSG_DONTWAIT);
    return length < 0 ? "" : std::string(text, static_cast<std::size_t>(length));
  }

  int manager_ = -1;
};

TEST_F(ServiceTest, TellsSystemd) {
  listen("@webrtcserver-service-test-" + std::to_string(getpid()));
  const Service service;
  EXPECT_TRUE(service.is_there());
  service.tell_ready();
  EXPECT_EQ(received(), "READY=1");
  service.tell_status("1 viewer");
  EXPECT_EQ(received(), "STATUS=1 viewer\nWATCHDOG=1");
  service.tell_status("It is gone:\nMAINPID=1");
  EXPECT_EQ(received(), "STATUS=It is gone: MAINPID=1\nWATCHDOG=1");
  service.tell_stopping();
  EXPECT_EQ(received(), "STOPPING=1");
}

TEST_F(ServiceTest, ASocketHasAPathToo) {
  const std::string path = testing::TempDir() + "notify-" + std::to_string(getpid());
  listen(path);
  Service().tell_ready();
  EXPECT_EQ(received(), "READY=1");
  unlink(path.c_str());
}

TEST_F(ServiceTest, SaysNothingToNobody) {
  for (const std::string& name : {std::string(), std::string("relative"), std::string("/not/there"),
                                  "/" + std::string(200, 'x')}) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    const Service service;
    EXPECT_FALSE(service.is_there()) << name;
    service.tell_ready();
  }
}

}  // namespace
