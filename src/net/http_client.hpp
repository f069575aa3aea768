// SPDX-License-Identifier: LGPL-2.1-or-later
// http_client.hpp — requests to one server that was named by the user, with a token for it.
// Loop thread, unless a method says otherwise.
//
// A redirect is followed where it keeps the method (307 and 308), a few times, and never from HTTPS
// to HTTP. The token goes to the origin that the user named and to no other. What is answered is
// bounded in size and time.
#pragma once

#include <libsoup/soup.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/loop_thread.hpp"
#include "base/ref.hpp"

namespace webrtcserver {

// For logs and messages: a query may hold a secret.
std::string without_query(const std::string& url);

class HttpClient : public std::enable_shared_from_this<HttpClient> {
 public:
  struct Settings {
    std::string url;                          // whose origin may have the token
    std::string token;                        // "Authorization: Bearer …"; empty: none
    std::string ca_file;                      // PEM; empty: the system's
    bool strict = true;                       // a certificate that cannot be verified is an error
    std::chrono::milliseconds limit{15'000};  // for each request
  };

  struct Request {
    const char* method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string content_type;  // empty: there is no body
    std::string body;
  };

  struct Reply {
    int status = 0;              // 0: none, and `error` says why
    std::string error;           // a sentence
    bool permanent = false;      // an error that another attempt would meet too
    bool without_token = false;  // it came from another origin, which was not shown the token
    std::string url;             // who answered, behind redirects
    std::map<std::string, std::string> headers;  // lower-case names; several joined by commas
    std::string body;

    const std::string& header(const std::string& lower_case_name) const;
    // `reference` against `url`; empty where it is none that may be asked: no HTTP, or no HTTPS
    // behind HTTPS.
    std::string resolve(const std::string& reference) const;
  };

  static constexpr std::size_t kMaxBody = 64 * 1024;  // bytes
  static constexpr unsigned kMaxRedirects = 5;

  // Any thread, but not the loop's: files are read. Throws Error(kTls) for a CA file that cannot be
  // used, or where TLS is asked for and GLib has none.
  static std::shared_ptr<HttpClient> create(LoopThread& loop, Settings settings);
  ~HttpClient();

  // `receive` is called once, in any case, from the loop. The client lives until then.
  void send(Request request, std::function<void(const Reply&)> receive);

  // Any thread but the loop's: until all requests have been answered, or `limit` has passed.
  bool wait_idle(std::chrono::milliseconds limit) const;

 private:
  class Exchange;

  HttpClient(LoopThread& loop, Settings settings);

  void open();
  void count(int change);

  LoopThread& loop_;
  const Settings settings_;
  Ref<GTlsDatabase> authorities_;  // null: the system's
  Ref<SoupSession> session_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  int pending_ = 0;  // guarded by mutex_
};

}  // namespace webrtcserver
