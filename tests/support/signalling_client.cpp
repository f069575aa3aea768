// SPDX-License-Identifier: LGPL-2.1-or-later
#include "support/signalling_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "support/patience.hpp"

namespace webrtcserver::test {

namespace {

constexpr auto kDeadline = kPatience;

}  // namespace

const SignallingClient::Message* SignallingClient::Seen::find(std::string_view type) const {
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const Message& message) { return message.type == type; });
  return found == messages.end() ? nullptr : &*found;
}

std::size_t SignallingClient::Seen::count(std::string_view type) const {
  return static_cast<std::size_t>(
      std::count_if(messages.begin(), messages.end(),
                    [&](const Message& message) { return message.type == type; }));
}

std::string SignallingClient::Seen::text(std::string_view type, const char* field) const {
  const Message* message = find(type);
  return message ? message->data.string(field).value_or("") : "";
}

SignallingClient::SignallingClient(const std::string& url,
                                   std::function<void(const Message&)> on_message)
    : on_message_(std::move(on_message)) {
  loop_.post([this, url] { connect(url); });
}

SignallingClient::~SignallingClient() {
  loop_.call([this] {
    g_cancellable_cancel(cancellable_.get());
    if (connection_) g_signal_handlers_disconnect_by_data(connection_.get(), this);
    if (connection_ &&
        soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN) {
      soup_websocket_connection_close(connection_.get(), SOUP_WEBSOCKET_CLOSE_NORMAL, nullptr);
    }
    soup_session_abort(session_.get());
  });
  // The cancelled connect reports on this thread, after what is above.
  wait([](const Seen& seen) { return seen.open || seen.closed; });
  loop_.call([this] {
    connection_.reset();
    request_.reset();
    session_.reset();
  });
}

void SignallingClient::connect(const std::string& url) {
  session_ =
      Ref<SoupSession>::adopt(soup_session_new_with_options("tls-database", nullptr, nullptr));
  cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  request_ = Ref<SoupMessage>::adopt(soup_message_new("GET", url.c_str()));
  g_signal_connect(request_.get(), "accept-certificate",
                   G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                  gpointer) -> gboolean { return TRUE; }),
                   nullptr);
  soup_session_websocket_connect_async(session_.get(), request_.get(), nullptr, nullptr,
                                       G_PRIORITY_DEFAULT, cancellable_.get(), on_connected, this);
}

void SignallingClient::on_connected(GObject* session, GAsyncResult* result, gpointer data) {
  auto* self = static_cast<SignallingClient*>(data);
  GError* error = nullptr;
  self->connection_ = Ref<SoupWebsocketConnection>::adopt(
      soup_session_websocket_connect_finish(SOUP_SESSION(session), result, &error));
  const Owned<GError> owned(error);
  if (!self->connection_) {
    const int status = static_cast<int>(soup_message_get_status(self->request_.get()));
    const char* retry = soup_message_headers_get_one(
        soup_message_get_response_headers(self->request_.get()), "Retry-After");
    self->change([&](Seen& seen) {
      seen.upgrade_status = status;
      seen.retry_after = retry ? retry : "";
      seen.closed = true;
    });
    return;
  }
  g_signal_connect(self->connection_.get(), "message",
                   G_CALLBACK(+[](SoupWebsocketConnection*, gint, GBytes* bytes,
                                  SignallingClient* client) { client->take(bytes); }),
                   self);
  g_signal_connect(self->connection_.get(), "closed",
                   G_CALLBACK(+[](SoupWebsocketConnection*, SignallingClient* client) {
                     client->change([](Seen& seen) { seen.closed = true; });
                   }),
                   self);
  self->change([](Seen& seen) { seen.open = true; });
}

void SignallingClient::take(GBytes* bytes) {
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  const JsonReader json(std::string_view(text, size));
  const auto type = json.string("type");
  // Those of remote control have the form that they have on the data channel.
  const bool control = type == "ControlResponseMessage" || type == "controls" ||
                       type == "changed" || type == "holder" || type == "state";
  const auto data = control ? json : json.object("data");
  if (!type || !data) {
    ADD_FAILURE() << "not a message of the protocol: " << std::string(text, size);
    return;
  }
  const Message message{*type, *data, std::string(text, size)};
  // Before a test hears of the message, what follows from it has been done.
  if (on_message_) on_message_(message);
  change([&](Seen& seen) { seen.messages.push_back(message); });
}

void SignallingClient::send(const std::string& text) {
  loop_.post([this, text] {
    if (connection_ &&
        soup_websocket_connection_get_state(connection_.get()) == SOUP_WEBSOCKET_STATE_OPEN) {
      soup_websocket_connection_send_text(connection_.get(), text.c_str());
    }
  });
}

void SignallingClient::send_answer(const std::string& sdp) {
  send(JsonWriter()
           .begin()
           .add("type", "sdp")
           .begin("data")
           .add("type", "answer")
           .add("sdp", sdp)
           .end()
           .end()
           .text());
}

void SignallingClient::send_candidate(unsigned media_index, const std::string& candidate) {
  send(JsonWriter()
           .begin()
           .add("type", "ice")
           .begin("data")
           .add("candidate", candidate)
           .add("sdpMLineIndex", media_index)
           .end()
           .end()
           .text());
}

void SignallingClient::vanish() {
  loop_.call([this] {
    if (!connection_) return;
    g_io_stream_close(soup_websocket_connection_get_io_stream(connection_.get()), nullptr, nullptr);
  });
}

SignallingClient::Seen SignallingClient::seen() const {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

bool SignallingClient::wait(const std::function<bool(const Seen&)>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kDeadline, [&] { return condition(seen_); });
}

bool SignallingClient::wait_for(const char* type) {
  return wait([type](const Seen& seen) { return seen.find(type) != nullptr; });
}

bool SignallingClient::wait_closed() {
  return wait([](const Seen& seen) { return seen.closed; });
}

template <typename Change>
void SignallingClient::change(Change&& change) {
  {
    const std::scoped_lock lock(mutex_);
    change(seen_);
  }
  changed_.notify_all();
}

}  // namespace webrtcserver::test
