// SPDX-License-Identifier: LGPL-2.1-or-later
// remote_link.hpp — a stream's one session with somebody else's WHIP or WHEP server: made, kept,
// and made again after a fault. Loop thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop_thread.hpp"
#include "net/http_client.hpp"
#include "server/backoff.hpp"
#include "server/stream.hpp"
#include "signalling/whip_client.hpp"

namespace webrtcserver {

class RemoteLink final : public std::enable_shared_from_this<RemoteLink>,
                         private WhipClient::Observer {
 public:
  enum class State {
    kConnected,  // media flows
    kRetrying,   // it does not; another attempt follows in `retry_in`
    kRefused,    // nor will it: nothing follows
  };

  struct Report {
    State state;
    std::string message;        // a sentence for people
    bool unauthorized = false;  // refused for the token, or for want of one
    std::chrono::milliseconds retry_in{0};
  };

  // The waits between attempts.
  static constexpr std::chrono::milliseconds kFirstWait{1'000};
  static constexpr std::chrono::milliseconds kLongestWait{30'000};
  // A session that has lasted so long was a good one: the next attempt comes soon.
  static constexpr std::chrono::seconds kGoodSession{10};

  // `url` is the endpoint's. `tell` is called from the loop.
  RemoteLink(std::shared_ptr<Stream> stream, std::shared_ptr<HttpClient> http, std::string url,
             std::function<void(const Report&)> tell);
  ~RemoteLink();

  // Connects as soon as the stream has media. The first call counts.
  void start();
  // For good. The server is told; HttpClient::wait_idle() waits for that.
  void end(std::string_view reason, std::string_view message);

 private:
  void on_accepted(std::vector<IceServer> ice_servers) override;
  void on_connected() override;
  void on_ended(const WhipEnding& ending) override;

  void connect();
  void retry_after(std::chrono::milliseconds wait);

  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<HttpClient> http_;
  const std::string url_;
  const std::string shown_;  // without the query, which may hold a secret
  const std::function<void(const Report&)> tell_;
  Backoff backoff_{kFirstWait, kLongestWait};
  Timer retry_;
  bool started_ = false;
  bool ended_ = false;
  std::chrono::steady_clock::time_point connected_at_;
  bool connected_ = false;
  std::vector<IceServer> ice_servers_;  // that the server has named
};

}  // namespace webrtcserver
