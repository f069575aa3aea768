// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/remote_link.hpp"

#include <algorithm>

#define GST_CAT_DEFAULT (::webrtcserver::log::server())
#include "base/log.hpp"

namespace webrtcserver {

namespace {

std::string in_seconds(std::chrono::milliseconds wait) {
  const auto tenths = (wait.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

RemoteLink::RemoteLink(std::shared_ptr<Stream> stream, std::shared_ptr<HttpClient> http,
                       std::string url, std::function<void(const Report&)> tell)
    : stream_(std::move(stream)),
      http_(std::move(http)),
      url_(std::move(url)),
      shown_(without_query(url_)),
      tell_(std::move(tell)) {}

RemoteLink::~RemoteLink() = default;

void RemoteLink::start() {
  if (started_ || ended_) return;
  started_ = true;
  connect();
}

void RemoteLink::connect() {
  retry_.cancel();
  if (ended_) return;
  connected_ = false;
  const std::shared_ptr<WhipClient::Observer> observer(shared_from_this(), this);
  stream_->admit(std::make_unique<WhipClient>(
      stream_->loop(), http_, WhipClient::Settings{.url = url_, .ice_servers = ice_servers_},
      observer));
}

void RemoteLink::on_accepted(std::vector<IceServer> ice_servers) {
  // webrtcbin takes them before it gathers, which it has done: they serve the next attempt, which
  // comes by itself where this one finds no path.
  if (!ice_servers.empty()) ice_servers_ = std::move(ice_servers);
}

void RemoteLink::on_connected() {
  connected_ = true;
  connected_at_ = std::chrono::steady_clock::now();
  tell_({State::kConnected, "Connected with " + shown_ + "."});
}

void RemoteLink::on_ended(const WhipEnding& ending) {
  if (ended_) return;
  const bool was_good =
      connected_ && std::chrono::steady_clock::now() - connected_at_ >= kGoodSession;
  if (was_good) backoff_.reset();
  connected_ = false;
  switch (ending.outcome) {
    case WhipEnding::Outcome::kOver:
      return;
    case WhipEnding::Outcome::kChanged:
      // The caller is the session that ends.
      return retry_after(std::chrono::milliseconds(0));
    case WhipEnding::Outcome::kRefused:
      return tell_({State::kRefused, "No connection with " + shown_ + ". " + ending.message,
                    ending.unauthorized});
    case WhipEnding::Outcome::kFault:
      break;
  }
  const auto wait =
      std::max(backoff_.next(), ending.retry_after.value_or(std::chrono::milliseconds(0)));
  retry_after(wait);
  tell_({State::kRetrying,
         "No connection with " + shown_ + ". " + ending.message + " Trying again in " +
             in_seconds(wait) + ".",
         false, wait});
}

void RemoteLink::retry_after(std::chrono::milliseconds wait) {
  retry_ = stream_->loop().after(wait, [this] { connect(); });
}

void RemoteLink::end(std::string_view reason, std::string_view message) {
  ended_ = true;
  retry_.cancel();
  stream_->end(reason, message);
}

}  // namespace webrtcserver
