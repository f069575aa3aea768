// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/host_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "support/patience.hpp"
#include "support/slow_resolver.hpp"

namespace webrtcserver {
namespace {

using test::SlowResolver;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is known is kept for the process: each test has names of its own.
std::vector<IceServer> server(const std::string& host) {
  return {{"turn:" + host + ":5?transport=tcp", "user", "password"}};
}

TEST(HostNames, AddressesStayAsTheyAre) {
  const SlowResolver resolver;
  for (const char* host : {"192.0.2.1", "[2001:db8::1]"})
    EXPECT_EQ(with_known_addresses(server(host)), server(host));
  EXPECT_THAT(resolver.asked(), IsEmpty());
}

TEST(HostNames, NobodyWaitsForANameAndItIsKnownLater) {
  for (const auto& [host, address, written] :
       {std::tuple("four.example", "192.0.2.1", "192.0.2.1"),
        std::tuple("six.example", "2001:db8::1", "[2001:db8::1]")}) {
    SlowResolver resolver;
    // Asked once, however many sessions want to know.
    EXPECT_THAT(with_known_addresses(server(host)), IsEmpty());
    EXPECT_THAT(with_known_addresses(server(host)), IsEmpty());
    ASSERT_TRUE(resolver.wait_asked(1));
    resolver.answer(address);
    const auto deadline = std::chrono::steady_clock::now() + test::kPatience;
    while (with_known_addresses(server(host)).empty() &&
           std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(with_known_addresses(server(host)), server(written));
    EXPECT_THAT(resolver.asked(), ElementsAre(host));
  }
}

TEST(HostNames, OfNobodyAreLeftOut) {
  SlowResolver resolver;
  resolver.fail();
  EXPECT_THAT(with_known_addresses(server("nobody.example")), IsEmpty());
  ASSERT_TRUE(resolver.wait_asked(1));
  EXPECT_THAT(with_known_addresses(server("nobody.example")), IsEmpty());
}

}  // namespace
}  // namespace webrtcserver
