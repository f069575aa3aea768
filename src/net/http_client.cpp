// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/http_client.hpp"

#include <string_view>

#include "base/error.hpp"
#include "base/guard.hpp"
#include "net/endpoint_uri.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())
#include "base/log.hpp"

namespace webrtcserver {

std::string without_query(const std::string& url) {
  return url.substr(0, url.find('?'));
}

namespace {

constexpr std::size_t kMaxHeaders = 64;  // kept of one reply

bool keeps_method(int status) {
  return status == SOUP_STATUS_TEMPORARY_REDIRECT || status == SOUP_STATUS_PERMANENT_REDIRECT;
}

// GLib's messages end with a full stop or without.
std::string sentence(std::string text) {
  while (text.ends_with('.')) text.pop_back();
  return text + ".";
}

// As written: a server's %2F is no slash.
constexpr auto kAsWritten = static_cast<GUriFlags>(
    G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT);

std::string resolve_url(const std::string& base, const std::string& reference) {
  std::string url =
      take_string(g_uri_resolve_relative(base.c_str(), reference.c_str(), kAsWritten, nullptr));
  const bool https = url.starts_with("https://");
  if (!https && (!url.starts_with("http://") || base.starts_with("https://"))) return {};
  return url;
}

}  // namespace

const std::string& HttpClient::Reply::header(const std::string& lower_case_name) const {
  static const std::string none;
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? none : found->second;
}

std::string HttpClient::Reply::resolve(const std::string& reference) const {
  return resolve_url(url, reference);
}

// One request, its redirects and its reply. It keeps itself while libsoup is busy with it.
class HttpClient::Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<HttpClient> client, Request request,
           std::function<void(const Reply&)> receive)
      : client_(std::move(client)), request_(std::move(request)), receive_(std::move(receive)) {
    client_->count(+1);
  }
  ~Exchange() { client_->count(-1); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void start() {
    const auto limit = client_->settings_.limit;
    limit_ = client_->loop_.after(limit, [this, limit] {
      late_ = "It did not answer within " + std::to_string(limit.count() / 1000) + " seconds.";
      g_cancellable_cancel(cancellable_.get());
    });
    reply_.url = request_.url;
    ask();
  }

 private:
  using Self = std::shared_ptr<Exchange>;

  gpointer keep() { return std::make_unique<Self>(shared_from_this()).release(); }
  static Self take(gpointer data) {
    const std::unique_ptr<Self> kept(static_cast<Self*>(data));
    return *kept;
  }

  void ask() {
    message_ = Ref<SoupMessage>::adopt(soup_message_new(request_.method, reply_.url.c_str()));
    if (!message_) return fail("\"" + reply_.url + "\" is no address of a web server.", true);
    soup_message_add_flags(message_.get(), SOUP_MESSAGE_NO_REDIRECT);
    auto* headers = soup_message_get_request_headers(message_.get());
    for (const auto& [name, value] : request_.headers)
      soup_message_headers_replace(headers, name.c_str(), value.c_str());
    reply_.without_token = !same_origin(reply_.url, client_->settings_.url);
    if (!client_->settings_.token.empty() && !reply_.without_token) {
      soup_message_headers_replace(headers, "Authorization",
                                   ("Bearer " + client_->settings_.token).c_str());
    }
    if (!request_.content_type.empty()) {
      const auto body = Ref<GBytes>::adopt(g_bytes_new(request_.body.data(), request_.body.size()));
      soup_message_set_request_body_from_bytes(message_.get(), request_.content_type.c_str(),
                                               body.get());
    }
    if (!client_->settings_.strict) {
      g_signal_connect(message_.get(), "accept-certificate",
                       G_CALLBACK(+[](SoupMessage*, GTlsCertificate*, GTlsCertificateFlags,
                                      gpointer) -> gboolean { return TRUE; }),
                       nullptr);
    }
    soup_session_send_async(
        client_->session_.get(), message_.get(), G_PRIORITY_DEFAULT, cancellable_.get(),
        [](GObject* session, GAsyncResult* result, gpointer data) {
          const Self self = take(data);
          guard("a reply", [&] { self->take_head(SOUP_SESSION(session), result); });
        },
        keep());
  }

  void take_head(SoupSession* session, GAsyncResult* result) {
    GError* error = nullptr;
    stream_ = Ref<GInputStream>::adopt(soup_session_send_finish(session, result, &error));
    if (error) return fail(error);
    reply_.status = static_cast<int>(soup_message_get_status(message_.get()));
    auto* headers = soup_message_get_response_headers(message_.get());
    const char* location = soup_message_headers_get_one(headers, "Location");
    if (keeps_method(reply_.status) && location) return redirect(location);
    soup_message_headers_foreach(
        headers,
        [](const char* name, const char* value, gpointer data) {
          auto& kept = *static_cast<std::map<std::string, std::string>*>(data);
          const std::string key = take_string(g_ascii_strdown(name, -1));
          if (const auto found = kept.find(key); found != kept.end()) {
            if (found->second.size() < kMaxBody) found->second += std::string(", ") + value;
          } else if (kept.size() < kMaxHeaders) {
            kept.emplace(key, value);
          }
        },
        &reply_.headers);
    read();
  }

  void redirect(const std::string& location) {
    if (++redirects_ > kMaxRedirects)
      return fail("It redirects more than " + std::to_string(kMaxRedirects) + " times.", true);
    const std::string next = resolve_url(reply_.url, location);
    if (next.empty()) {
      return fail("It redirects to \"" + without_query(location).substr(0, 200) +
                      "\", which is no HTTPS address, or none at all.",
                  true);
    }
    GST_INFO("%s redirects to %s", without_query(reply_.url).c_str(), without_query(next).c_str());
    reply_.url = next;
    reply_.status = 0;
    stream_.reset();
    ask();
  }

  void read() {
    g_input_stream_read_bytes_async(
        stream_.get(), kMaxBody + 1 - reply_.body.size(), G_PRIORITY_DEFAULT, cancellable_.get(),
        [](GObject* stream, GAsyncResult* result, gpointer data) {
          const Self self = take(data);
          guard("the body of a reply", [&] { self->take_part(G_INPUT_STREAM(stream), result); });
        },
        keep());
  }

  void take_part(GInputStream* stream, GAsyncResult* result) {
    GError* error = nullptr;
    const auto bytes = Ref<GBytes>::adopt(g_input_stream_read_bytes_finish(stream, result, &error));
    if (error) return fail(error);
    gsize size = 0;
    const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
    if (size == 0) return finish();
    reply_.body.append(data, size);
    if (reply_.body.size() > kMaxBody) {
      return fail("It answers with more than " + std::to_string(kMaxBody / 1024) + " KiB.", true);
    }
    read();
  }

  void fail(GError* error) {
    const Owned<GError> owned(error);
    const bool tls = g_error_matches(error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
    if (tls) return fail(certificate_fault(), true);
    fail(late_.empty() ? sentence(error->message) : late_, false);
  }

  std::string certificate_fault() const {
    const auto faults = soup_message_get_tls_peer_certificate_errors(message_.get());
    const char* why = faults & G_TLS_CERTIFICATE_UNKNOWN_CA ? "was issued by an unknown authority"
                      : faults & G_TLS_CERTIFICATE_BAD_IDENTITY ? "is for another host name"
                      : faults & G_TLS_CERTIFICATE_EXPIRED      ? "has expired"
                      : faults & G_TLS_CERTIFICATE_NOT_ACTIVATED
                          ? "is not valid yet: is this machine's clock right?"
                          : "is not valid";
    return std::string("Its certificate ") + why +
           ". Set ssl-ca-file to the authority's certificate, or ssl-strict=false to take any.";
  }

  void fail(std::string message, bool permanent) {
    reply_.status = 0;
    reply_.error = std::move(message);
    reply_.permanent = permanent;
    finish();
  }

  void finish() {
    limit_.cancel();
    // What is left of a body that is too long is not read.
    if (reply_.status == 0) g_cancellable_cancel(cancellable_.get());
    stream_.reset();
    const auto receive = std::move(receive_);
    receive(reply_);
  }

  const std::shared_ptr<HttpClient> client_;
  const Request request_;
  std::function<void(const Reply&)> receive_;
  const Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  Timer limit_;
  std::string late_;
  Ref<SoupMessage> message_;
  Ref<GInputStream> stream_;
  unsigned redirects_ = 0;
  Reply reply_;
};

std::shared_ptr<HttpClient> HttpClient::create(LoopThread& loop, Settings settings) {
  // libsoup's sessions belong to one thread, where the last reference must go too.
  std::shared_ptr<HttpClient> client(
      new HttpClient(loop, std::move(settings)),  // NOLINT: private constructor
      [&loop](HttpClient* old) {
        loop.post([old] { const std::unique_ptr<HttpClient> owned(old); });
      });
  client->open();
  return client;
}

HttpClient::HttpClient(LoopThread& loop, Settings settings)
    : loop_(loop), settings_(std::move(settings)) {}

HttpClient::~HttpClient() {
  if (session_) soup_session_abort(session_.get());
}

void HttpClient::open() {
  if (settings_.url.starts_with("https:") &&
      !g_tls_backend_supports_tls(g_tls_backend_get_default())) {
    throw Error(ErrorCode::kTls,
                "GLib has no TLS for https; install its module (glib-networking).");
  }
  if (!settings_.ca_file.empty()) {
    GError* error = nullptr;
    authorities_ =
        Ref<GTlsDatabase>::adopt(g_tls_file_database_new(settings_.ca_file.c_str(), &error));
    const Owned<GError> owned(error);
    if (!authorities_) {
      throw Error(ErrorCode::kTls, "The CA file " + settings_.ca_file + " cannot be used: " +
                                       sentence(error ? error->message : "its reason is unknown"));
    }
  }
  loop_.call([this] {
    constexpr guint kSeconds = 10;  // without a byte
    session_ = Ref<SoupSession>::adopt(soup_session_new_with_options(
        "timeout", kSeconds, "user-agent", "gst-webrtc-server", nullptr));
    if (authorities_) soup_session_set_tls_database(session_.get(), authorities_.get());
  });
}

void HttpClient::send(Request request, std::function<void(const Reply&)> receive) {
  std::make_shared<Exchange>(shared_from_this(), std::move(request), std::move(receive))->start();
}

void HttpClient::count(int change) {
  {
    const std::scoped_lock lock(mutex_);
    pending_ += change;
  }
  changed_.notify_all();
}

bool HttpClient::wait_idle(std::chrono::milliseconds limit) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return pending_ == 0; });
}

}  // namespace webrtcserver
