// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rtc/turn_probe.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ref.hpp"
#include "rtc/host_names.hpp"
#include "rtc/stun_message.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::rtc())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kRetransmission{400};  // UDP only
constexpr std::uint32_t kUdp = 17U << 24;     // of REQUESTED-TRANSPORT

struct Unreachable {};

class Conversation {
 public:
  Conversation(Ref<GSocket> socket, bool stream, GCancellable* cancellable, Clock::time_point end)
      : socket_(std::move(socket)), stream_(stream), cancellable_(cancellable), end_(end) {}

  // Throws Unreachable.
  StunResponse ask(const StunWriter& request, const stun::Transaction& transaction) {
    while (true) {
      send(request);
      const auto until = stream_ ? end_ : std::min(end_, Clock::now() + kRetransmission);
      while (wait(until)) {
        if (auto response = receive(transaction)) return *response;
      }
      if (Clock::now() >= end_) throw Unreachable();
    }
  }

  // Whether it arrives or not.
  void tell(const StunWriter& request) {
    const auto& bytes = request.bytes();
    g_socket_send(socket_.get(), reinterpret_cast<const gchar*>(bytes.data()), bytes.size(),
                  cancellable_, nullptr);
  }

 private:
  void send(const StunWriter& request) {
    const auto& bytes = request.bytes();
    const gssize sent = g_socket_send(socket_.get(), reinterpret_cast<const gchar*>(bytes.data()),
                                      bytes.size(), cancellable_, nullptr);
    if (sent != static_cast<gssize>(bytes.size())) throw Unreachable();
  }

  bool wait(Clock::time_point until) const {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    GError* error = nullptr;
    const bool ready =
        g_socket_condition_timed_wait(socket_.get(), G_IO_IN, left, cancellable_, &error);
    const Owned<GError> owned(error);
    if (error && !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) throw Unreachable();
    return ready;
  }

  std::optional<StunResponse> receive(const stun::Transaction& transaction) {
    std::array<std::uint8_t, 2048> chunk;
    const gssize size = g_socket_receive(socket_.get(), reinterpret_cast<gchar*>(chunk.data()),
                                         chunk.size(), cancellable_, nullptr);
    if (size <= 0) throw Unreachable();  // closed, or an ICMP message came back
    if (!stream_) return read_stun(chunk.data(), static_cast<std::size_t>(size), transaction);
    pending_.insert(pending_.end(), chunk.begin(), chunk.begin() + size);
    if (pending_.size() < stun::kHeaderSize) return std::nullopt;
    const std::size_t whole = stun_size(pending_.data());
    if (whole == 0) throw Unreachable();  // another protocol is spoken there
    if (pending_.size() < whole) return std::nullopt;
    auto response = read_stun(pending_.data(), whole, transaction);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(whole));
    return response;
  }

  const Ref<GSocket> socket_;
  const bool stream_;
  GCancellable* const cancellable_;
  const Clock::time_point end_;
  std::vector<std::uint8_t> pending_;
};

stun::Transaction new_transaction() {
  stun::Transaction transaction{};
  RAND_bytes(transaction.data(), static_cast<int>(transaction.size()));
  return transaction;
}

TurnFinding ask_for_relay(Conversation& turn, const IceServer& server) {
  const auto request = [&](std::uint16_t type, const stun::Transaction& transaction,
                           std::uint16_t attribute, std::uint32_t value) {
    return StunWriter(type, transaction).add(attribute, value);
  };
  auto transaction = new_transaction();
  StunResponse response =
      turn.ask(request(stun::kAllocate, transaction, stun::kRequestedTransport, kUdp), transaction);
  // Twice, since the first nonce may have been of another time.
  for (int attempt = 0; attempt < 2 && !response.realm.empty() && !response.nonce.empty() &&
                        (response.error == 438 || (attempt == 0 && response.error == 401));
       ++attempt) {
    const StunResponse asked = response;
    transaction = new_transaction();
    response = turn.ask(request(stun::kAllocate, transaction, stun::kRequestedTransport, kUdp)
                            .sign(server.username, server.credential, asked.realm, asked.nonce),
                        transaction);
    if (response.type == (stun::kAllocate | stun::kSuccess)) {
      turn.tell(request(stun::kRefresh, new_transaction(), stun::kLifetime, 0)
                    .sign(server.username, server.credential, asked.realm, asked.nonce));
    }
  }
  if (response.type == (stun::kAllocate | stun::kSuccess)) return TurnFinding::kWorks;
  GST_INFO("The TURN server %s answers with error %u", server.url.c_str(), response.error);
  const bool refused = response.error == 401 || response.error == 441;
  return refused ? TurnFinding::kRefused : TurnFinding::kFailed;
}

// Of the address that the name has first. Throws Unreachable.
Ref<GSocket> connect(GSocketAddress* address, bool stream, GCancellable* cancellable,
                     Clock::time_point end) {
  auto socket = Ref<GSocket>::adopt(g_socket_new(
      g_socket_address_get_family(address), stream ? G_SOCKET_TYPE_STREAM : G_SOCKET_TYPE_DATAGRAM,
      stream ? G_SOCKET_PROTOCOL_TCP : G_SOCKET_PROTOCOL_UDP, nullptr));
  if (!socket) throw Unreachable();
  g_socket_set_blocking(socket.get(), FALSE);
  GError* error = nullptr;
  const bool connected = g_socket_connect(socket.get(), address, cancellable, &error);
  const Owned<GError> owned(error);
  if (connected) return socket;
  if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PENDING)) throw Unreachable();
  const auto left =
      std::chrono::duration_cast<std::chrono::microseconds>(end - Clock::now()).count();
  if (left <= 0 ||
      !g_socket_condition_timed_wait(socket.get(), G_IO_OUT, left, cancellable, nullptr) ||
      !g_socket_check_connect_result(socket.get(), nullptr)) {
    throw Unreachable();
  }
  return socket;
}

TurnFinding ask_over(bool stream, GSocketAddress* address, const IceServer& server,
                     GCancellable* cancellable, Clock::time_point end) {
  try {
    Conversation turn(connect(address, stream, cancellable, end), stream, cancellable, end);
    return ask_for_relay(turn, server);
  } catch (const Unreachable&) {
    return g_cancellable_is_cancelled(cancellable) ? TurnFinding::kUnasked
                                                   : TurnFinding::kUnreachable;
  } catch (const Error& error) {
    GST_WARNING("%s", error.what());
    return TurnFinding::kUnasked;
  }
}

// What servers have said lately. Without it a crowd of sessions that fail together would queue up
// behind a server that does not answer.
class Memory {
 public:
  static Memory& instance() {
    static auto* const memory = new Memory();  // NOLINT: outlives the pools' threads
    return *memory;
  }

  std::optional<TurnFinding> find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = findings_.find(key);
    if (found == findings_.end() || Clock::now() >= found->second.second) return std::nullopt;
    return found->second.first;
  }

  void put(const std::string& key, TurnFinding finding) {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    for (auto entry = findings_.begin(); entry != findings_.end();)
      entry = now >= entry->second.second ? findings_.erase(entry) : std::next(entry);
    findings_[key] = {finding, now + kMemory};
  }

 private:
  static constexpr std::chrono::seconds kMemory{5};

  std::mutex mutex_;
  std::map<std::string, std::pair<TurnFinding, Clock::time_point>> findings_;  // guarded by mutex_
};

}  // namespace

TurnFinding probe_turn(const IceServer& server, GCancellable* cancellable, milliseconds limit) {
  using Transport = IceServerAddress::Transport;
  const IceServerAddress place = address_of(server);
  if (place.transport == Transport::kTls) return TurnFinding::kForBrowsers;
  const auto host = resolve_host(place.host, cancellable, limit);
  if (g_cancellable_is_cancelled(cancellable)) return TurnFinding::kUnasked;
  if (!host) return TurnFinding::kUnresolved;
  const auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new(host.get(), place.port));
  // Without a transport in its URL webrtcbin asks over both, and one is enough.
  const auto half = place.named ? limit : limit / 2;
  auto finding = TurnFinding::kUnreachable;
  if (place.transport == Transport::kUdp)
    finding = ask_over(false, address.get(), server, cancellable, Clock::now() + half);
  if (finding == TurnFinding::kUnreachable && (!place.named || place.transport == Transport::kTcp))
    finding = ask_over(true, address.get(), server, cancellable, Clock::now() + half);
  return finding;
}

TurnFinding find_out(const IceServer& server, const std::string& key, GCancellable* cancellable) {
  Memory& memory = Memory::instance();
  if (const auto known = memory.find(key)) return *known;
  const TurnFinding finding = probe_turn(server, cancellable);
  if (finding != TurnFinding::kUnasked) memory.put(key, finding);
  return finding;
}

}  // namespace webrtcserver
