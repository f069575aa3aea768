// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/listening_sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "raw_client.hpp"

namespace webrtcserver {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string address_of(const Ref<GSocket>& socket) {
  const auto address =
      Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket.get(), nullptr));
  return take_string(g_inet_address_to_string(
      g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address.get()))));
}

bool has_ipv6() {
  try {
    const ListeningSockets sockets({"::1", 0});
    return true;
  } catch (const Error&) {
    return false;
  }
}

struct Failure {
  ErrorCode code;
  std::string message;
};

Failure failure_of(const Endpoint& endpoint) {
  try {
    ListeningSockets sockets(endpoint);
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ErrorCode::kFailed, "nothing failed"};
}

TEST(ListeningSockets, LetTheKernelChooseThePort) {
  const ListeningSockets sockets({"127.0.0.1", 0});
  EXPECT_NE(sockets.port(), 0);
  ASSERT_EQ(sockets.sockets().size(), 1U);
  EXPECT_EQ(address_of(sockets.sockets().front()), "127.0.0.1");
}

TEST(ListeningSockets, BindOnlyTheInterfaceThatWasNamed) {
  const ListeningSockets sockets({"127.0.0.1", 0});
  EXPECT_THROW(test::RawClient(sockets.port(), "127.0.0.2"), std::exception);
  const ListeningSockets other({"127.0.0.2", sockets.port()});
  EXPECT_EQ(other.port(), sockets.port());
}

TEST(ListeningSockets, ListenOnBothFamiliesOfLocalhostWithOnePort) {
  const ListeningSockets sockets({"localhost", 0});
  ASSERT_EQ(sockets.sockets().size(), has_ipv6() ? 2U : 1U);
  EXPECT_EQ(address_of(sockets.sockets().front()), "127.0.0.1");
  test::RawClient client(sockets.port(), "127.0.0.1");
  if (has_ipv6()) test::RawClient(sockets.port(), "::1");
}

TEST(ListeningSockets, ListenOnEveryAddress) {
  const ListeningSockets sockets({"::", 0});
  const test::RawClient ipv4(sockets.port(), "127.0.0.1");
  if (has_ipv6()) const test::RawClient ipv6(sockets.port(), "::1");
}

TEST(ListeningSockets, SayThatAPortIsInUse) {
  const ListeningSockets sockets({"127.0.0.1", 0});
  for (const char* interface : {"127.0.0.1", "0.0.0.0", "localhost"}) {
    const Failure failure = failure_of({interface, sockets.port()});
    EXPECT_EQ(failure.code, ErrorCode::kAddressInUse) << interface;
    EXPECT_THAT(failure.message, AllOf(HasSubstr("port " + std::to_string(sockets.port())),
                                       HasSubstr("in use by another program")));
  }
}

TEST(ListeningSockets, SayThatAnAddressIsNotOurs) {
  const Failure failure = failure_of({"192.0.2.1", 0});  // RFC 5737: nobody's
  EXPECT_EQ(failure.code, ErrorCode::kAddressUnavailable);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("192.0.2.1"), HasSubstr("an address of this machine")));
}

TEST(ListeningSockets, SayThatANameDoesNotResolve) {
  const Failure failure = failure_of({"no-such-host.invalid", 0});
  EXPECT_EQ(failure.code, ErrorCode::kAddressUnavailable);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("cannot be resolved")));
}

TEST(ListeningSockets, SayThatAPortNeedsPrivileges) {
  int first_free = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> first_free;
  if (first_free <= 1) GTEST_SKIP() << "this system lets everybody use every port";
  Failure failure{ErrorCode::kFailed, ""};
  // Capabilities belong to threads: this one gives up root's.
  std::thread([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    ASSERT_EQ(syscall(SYS_capset, &header, none), 0);
    failure = failure_of({"127.0.0.1", 1});
  }).join();
  EXPECT_EQ(failure.code, ErrorCode::kAddressUnavailable);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("port 1 "), HasSubstr("privileges"), HasSubstr("1023")));
}

TEST(ListeningSockets, WriteUrlsThatCanBeTyped) {
  const ListeningSockets local({"127.0.0.1", 0});
  const std::string port = std::to_string(local.port());
  EXPECT_EQ(local.urls(false), std::vector<std::string>{"http://127.0.0.1:" + port + "/"});
  EXPECT_EQ(local.urls(true), std::vector<std::string>{"https://127.0.0.1:" + port + "/"});
  const ListeningSockets every({"0.0.0.0", 0});
  EXPECT_EQ(every.urls(false).front(), "http://localhost:" + std::to_string(every.port()) + "/");
  for (const std::string& url : every.urls(false))
    EXPECT_THAT(url, ::testing::Not(HasSubstr("0.0.0.0")));
  if (has_ipv6()) {
    const ListeningSockets six({"::1", 0});
    EXPECT_EQ(six.urls(false),
              std::vector<std::string>{"http://[::1]:" + std::to_string(six.port()) + "/"});
  }
}

}  // namespace
}  // namespace webrtcserver
