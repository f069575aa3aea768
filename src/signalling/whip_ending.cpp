// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signalling/whip_ending.hpp"

#include <libsoup/soup.h>

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/json.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxDetail = 300;          // bytes of the server's words that are repeated
constexpr std::chrono::hours kMaxRetryAfter{1};  // a server that says more is asked sooner

// Refusals that pass: nobody publishes yet, somebody else does, too many, overloaded. Other 4xx
// would come again.
bool passes(int status) {
  return status == 404 || status == 408 || status == 409 || status == 423 || status == 425 ||
         status == 429 || status >= 500;
}

// One line that disturbs no terminal.
std::string printable(std::string text) {
  text = take_string(g_utf8_make_valid(text.substr(0, kMaxDetail).c_str(), -1));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return g_ascii_iscntrl(c); }, ' ');
  return take_string(g_strdup(g_strstrip(text.data())));
}

// The server's own words: of a problem document (RFC 9457), of other JSON, or plain.
std::string detail_of(const HttpClient::Reply& reply) {
  const std::string& type = reply.header("content-type");
  if (type.find("json") != std::string::npos) {
    try {
      const JsonReader json(reply.body);
      for (const char* member : {"detail", "title", "error", "message"}) {
        if (const auto text = json.string(member)) return printable(*text);
      }
    } catch (const Error&) {
      return {};
    }
  }
  return type.starts_with("text/plain") ? printable(reply.body) : "";
}

// RFC 9110, section 10.2.3: seconds or a date.
std::optional<std::chrono::milliseconds> retry_after_of(const HttpClient::Reply& reply) {
  const std::string& text = reply.header("retry-after");
  if (text.empty()) return {};
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) {
    GDateTime* date = soup_date_time_new_from_http_string(text.c_str());
    if (!date) return {};
    seconds = g_date_time_to_unix(date) - g_get_real_time() / G_USEC_PER_SEC;
    g_date_time_unref(date);
  }
  const auto most = std::chrono::seconds(kMaxRetryAfter).count();
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, most));
}

std::string advice(const HttpClient::Reply& reply) {
  if (reply.status == 401 && reply.without_token) {
    return " It stands at another origin, behind a redirect, and is not shown auth-token.";
  }
  if (reply.status == 401) return " Set auth-token to a token that it takes.";
  if (reply.status == 403) return " The token does not allow this.";
  if (reply.status == 404) return " Perhaps there is no such stream, or not yet.";
  if (reply.status == 409) return " Perhaps nobody publishes there yet, or somebody does already.";
  if (reply.status / 100 == 3)
    return " WHIP and WHEP know 307 and 308 alone; give the address that it names.";
  return "";
}

}  // namespace

WhipEnding WhipEnding::of(const HttpClient::Reply& reply) {
  WhipEnding ending;
  if (reply.status == 0) {
    ending.outcome = reply.permanent ? Outcome::kRefused : Outcome::kFault;
    ending.message = reply.error;
    return ending;
  }
  ending.outcome = passes(reply.status) ? Outcome::kFault : Outcome::kRefused;
  ending.unauthorized = reply.status == 401 || reply.status == 403;
  ending.message = "It answers with " + std::to_string(reply.status);
  if (const char* reason = soup_status_get_phrase(static_cast<guint>(reply.status)))
    ending.message += std::string(" ") + reason;
  const std::string detail = detail_of(reply);
  ending.message += detail.empty() ? "." : ": " + detail;
  if (!detail.empty() && !g_ascii_ispunct(detail.back())) ending.message += ".";
  ending.message += advice(reply);
  ending.retry_after = retry_after_of(reply);
  return ending;
}

}  // namespace webrtcserver
