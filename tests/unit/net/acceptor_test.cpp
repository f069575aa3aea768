// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/acceptor.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <future>

#include "listener_fixture.hpp"
#include "support/sanitizers.hpp"

namespace webrtcserver {
namespace {

using test::RawClient;

class AcceptorTest : public test::ListenerFixture {
 protected:
  void start_with_a_route() {
    start();
    add("GET", "/", [](const HttpRequest&) { return HttpResponse::text(200, "here"); });
  }

  // Returns when the loop waits for `release`: what connects from then on is the kernel's to take.
  void hold_up(std::promise<void>& release) {
    std::promise<void> held;
    loop_.post([&] {
      held.set_value();
      release.get_future().wait();
    });
    held.get_future().wait();
  }
};

TEST_F(AcceptorTest, OutlivesALackOfFileDescriptors) {
  if (test::is_sanitized()) GTEST_SKIP() << "UBSan opens a pipe to look at an object";
  start_with_a_route();
  std::promise<void> release;
  hold_up(release);
  RawClient client(port());  // the kernel takes it, the server cannot yet

  rlimit usual{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &usual), 0);
  const rlimit none{3, usual.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  release.set_value();
  // The second call returns after a whole turn of the loop, in which the connection was waiting.
  loop_.call([] {});
  loop_.call([] {});
  const std::size_t while_short = loop_.call([&] { return listener_->connections(); });
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &usual), 0);

  EXPECT_EQ(while_short, 0U);
  EXPECT_EQ(client.get("/").body, "here");
  EXPECT_EQ(RawClient(port()).get("/").body, "here");
}

TEST_F(AcceptorTest, TakesManyConnectionsAtOnce) {
  start_with_a_route();
  std::promise<void> release;
  hold_up(release);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 100; ++i) clients.push_back(std::make_unique<RawClient>(port()));
  release.set_value();
  for (const auto& client : clients) EXPECT_EQ(client->get("/").body, "here");
  expect_connections(100);
}

}  // namespace
}  // namespace webrtcserver
