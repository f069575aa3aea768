// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/handshake_slots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "raw_client.hpp"

namespace webrtcserver {
namespace {

class HandshakeSlotsTest : public ::testing::Test {
 protected:
  HandshakeSlotsTest() {
    const auto any =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
    EXPECT_TRUE(g_socket_bind(socket_.get(), any.get(), FALSE, nullptr));
    EXPECT_TRUE(g_socket_listen(socket_.get(), nullptr));
    const auto bound =
        Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket_.get(), nullptr));
    port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  }

  // A connection from that address wants to begin.
  void enter(const std::string& host) {
    clients_.push_back(
        std::make_unique<test::RawClient>(port_, "127.0.0.1", test::RawClient::Tls::kNo, 0, host));
    slots_.enter(
        table_->admit(Ref<GSocket>::adopt(g_socket_accept(socket_.get(), nullptr, nullptr))));
  }
  void end_first(const std::string& host) {
    const auto found = std::find_if(running_.begin(), running_.end(),
                                    [&](const auto& one) { return one->host() == host; });
    ASSERT_NE(found, running_.end());
    const auto ended = *found;
    running_.erase(found);
    slots_.end(*ended);
  }
  std::string last_begun() const { return running_.back()->host(); }

  const Ref<GSocket> socket_ = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, nullptr));
  guint16 port_ = 0;
  const std::shared_ptr<ConnectionTable> table_ = std::make_shared<ConnectionTable>(100, 100);
  std::vector<std::unique_ptr<test::RawClient>> clients_;
  std::vector<std::shared_ptr<Connection>> running_;
  HandshakeSlots slots_{[this](const auto& connection) { running_.push_back(connection); }};
};

TEST_F(HandshakeSlotsTest, AHostHasItsShare) {
  for (std::size_t i = 0; i <= HandshakeSlots::kPerHost; ++i) enter("127.0.0.1");
  EXPECT_EQ(running_.size(), HandshakeSlots::kPerHost);
  enter("127.0.0.2");
  EXPECT_EQ(last_begun(), "127.0.0.2");
  end_first("127.0.0.2");
  EXPECT_EQ(running_.size(), HandshakeSlots::kPerHost) << "the share is as large as before";
  end_first("127.0.0.1");
  EXPECT_EQ(running_.size(), HandshakeSlots::kPerHost) << "the host's next has begun";
}

TEST_F(HandshakeSlotsTest, ASlotGoesToTheHostWithTheFewest) {
  for (std::size_t i = 0; i < HandshakeSlots::kAtOnce * 2; ++i)
    enter(i % 2 == 0 ? "127.0.0.1" : "127.0.0.3");
  EXPECT_EQ(running_.size(), HandshakeSlots::kAtOnce);
  enter("127.0.0.2");  // last, behind many of both
  enter("127.0.0.2");
  end_first("127.0.0.1");
  EXPECT_EQ(last_begun(), "127.0.0.2");
  end_first("127.0.0.1");
  EXPECT_EQ(last_begun(), "127.0.0.2");
  end_first("127.0.0.3");
  EXPECT_EQ(last_begun(), "127.0.0.1") << "which has two, and the other three";
}

}  // namespace
}  // namespace webrtcserver
