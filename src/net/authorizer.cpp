// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/authorizer.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <atomic>
#include <utility>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/file_identity.hpp"
#include "net/jwt.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr std::string_view kScheme = "bearer ";
constexpr char kExpired[] = "The token has expired.";

// RFC 6750, section 2.1.
bool is_token(std::string_view text) {
  constexpr std::string_view kPunctuation = "-._~+/=";
  for (const char c : text) {
    if (!g_ascii_isalnum(c) && kPunctuation.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

struct Credentials {
  std::optional<std::string> header;  // what follows “Bearer”
  std::optional<std::string> query;
};

// Other schemes are for a proxy in between.
Credentials credentials_of(const HttpRequest& request) {
  Credentials found;
  const auto header = request.header("authorization").value_or("");
  if (g_ascii_strncasecmp(header.c_str(), kScheme.data(), kScheme.size()) == 0) {
    const std::size_t start = header.find_first_not_of(' ', kScheme.size());
    found.header = start == std::string::npos ? "" : header.substr(start);
  }
  const auto token = request.query.find("token");
  if (token != request.query.end()) found.query = token->second;
  return found;
}

HttpResponse unauthorized(const std::string& detail, const std::string& challenge) {
  return HttpResponse::problem(401, detail).with("WWW-Authenticate", challenge);
}

// RFC 6750, section 3.1. The sentences are ours, and have no quotation marks.
HttpResponse invalid_token(const std::string& sentence) {
  return unauthorized(sentence, "Bearer error=\"invalid_token\"");
}

HttpResponse no_token() {
  return unauthorized("This server asks for a token.", "Bearer");
}

TokenFile::Digest digest_of(const std::string& token) {
  TokenFile::Digest digest{};
  if (EVP_Digest(token.data(), token.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw Error(ErrorCode::kFailed, "SHA-256 is not available.");
  return digest;
}

using Identities = std::vector<FileIdentity>;

Identities look(const std::string& path, const TokenFile& file) {
  Identities identities{FileIdentity::of(path)};
  for (const std::string& key : file.key_files) identities.push_back(FileIdentity::of(key));
  return identities;
}

}  // namespace

// Looks at the files, one task at a time.
class Authorizer::Follower : public std::enable_shared_from_this<Authorizer::Follower> {
 public:
  explicit Follower(std::string path) : path_(std::move(path)) {
    load();
    seen_ = used_;
  }

  const std::shared_ptr<const TokenFile>& file() const { return file_; }

  // `take` gets, on the loop, a new file, or null and why there is none.
  using Take = std::function<void(std::shared_ptr<const TokenFile>, const std::string&)>;

  void follow(LoopThread& loop, const Take& take) {
    // Behind a disk that hangs none pile up.
    if (waits_.exchange(true)) return;
    queue_->post([weak = weak_from_this(), &loop, take] {
      const auto self = weak.lock();
      if (!self) return;
      self->waits_ = false;
      self->look_again(loop, take);
    });
  }

 private:
  void look_again(LoopThread& loop, const Take& take) {
    const Identities now = look(path_, *file_);
    if (std::exchange(seen_, now) != now || now == used_) return;
    used_ = now;
    try {
      load();
      seen_ = used_;
      loop.post([take, file = file_] { take(file, ""); });
    } catch (const Error& error) {
      loop.post([take, text = std::string(error.what())] { take(nullptr, text); });
    }
  }

  void load() {
    // What replaces the file while it is read is looked at next time.
    const FileIdentity before = FileIdentity::of(path_);
    file_ = std::make_shared<const TokenFile>(TokenFile::load(path_));
    used_ = look(path_, *file_);  // keys may be read from other files now
    used_.front() = before;
  }

  const std::shared_ptr<SerialQueue> queue_ = SerialQueue::create();
  const std::string path_;
  std::shared_ptr<const TokenFile> file_;
  Identities used_;  // or in vain: of a file that cannot be used there is one warning
  Identities seen_;
  std::atomic<bool> waits_ = false;
};

Authorizer::Authorizer(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  follower_ = std::make_shared<Follower>(path_);
  file_ = follower_->file();
}

Authorizer::~Authorizer() = default;

void Authorizer::watch(LoopThread& loop, Events events, std::chrono::milliseconds interval) {
  if (path_.empty()) return;
  const auto take = [this, alive = std::weak_ptr<bool>(alive_), events = std::move(events)](
                        const std::shared_ptr<const TokenFile>& file, const std::string& error) {
    if (alive.expired()) return;
    if (!file) {
      const std::string text = error + " What it said before still counts.";
      GST_WARNING("%s", text.c_str());
      events.unreadable(text);
      return;
    }
    GST_INFO("The tokens of “%s” count now", path_.c_str());
    file_ = file;
    events.changed();
  };
  watching_ = loop.every(interval, [this, &loop, take] {
    follower_->follow(loop, take);
    return true;
  });
}

std::variant<Grant, std::string> Authorizer::check(const std::string& token) const {
  constexpr const char* kUnknown = "The token is not known here.";
  if (!file_ || token.size() > kMaxToken || !is_token(token)) return kUnknown;
  const std::int64_t now = seconds_now();
  std::optional<Grant> grant;
  const TokenFile::Digest digest = digest_of(token);
  for (const auto& entry : file_->entries) {
    // Every entry is compared, so that the time tells nothing.
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) grant = entry.grant;
  }
  if (grant) {
    grant->token = token;
  } else {
    try {
      grant = read_jwt(file_->keys, token, now);
    } catch (const Error& error) {
      return error.what();
    }
  }
  if (!grant) return kUnknown;
  if (grant->expired(now)) return kExpired;
  return *grant;
}

Authorizer::Verdict Authorizer::identify(const HttpRequest& request) const {
  if (request.granted) {
    if (request.granted->expired(seconds_now())) return invalid_token(kExpired);
    return *request.granted;
  }
  if (!asks()) return Grant::everything();
  const auto [header, query] = credentials_of(request);
  // Two headers come as one, with a comma between them.
  if ((header && query) || (header && header->find(',') != std::string::npos)) {
    return HttpResponse::problem(400, "The request has more than one token.")
        .with("WWW-Authenticate", "Bearer error=\"invalid_request\"");
  }
  if (!header && !query) return no_token();
  auto checked = check(header ? *header : *query);
  if (auto* grant = std::get_if<Grant>(&checked)) return std::move(*grant);
  return invalid_token(std::get<std::string>(checked));
}

Authorizer::Verdict Authorizer::authorize(const HttpRequest& request, const std::string& stream,
                                          Permission permission) const {
  auto verdict = identify(request);
  const auto* grant = std::get_if<Grant>(&verdict);
  if (!grant || grant->allows(permission, stream)) return verdict;
  return HttpResponse::problem(403, std::string("The token does not let you ") +
                                        to_string(permission) + " this stream.")
      .with("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
}

std::string Authorizer::token_of(const HttpRequest& request) {
  const auto [header, query] = credentials_of(request);
  if (header && query) return {};
  return header.value_or(query.value_or(""));
}

std::optional<Grant> Authorizer::renew(const Grant& grant) const {
  if (grant.lasting) {
    if (grant.expired(seconds_now()) || (!revoked_.empty() && grant.token == revoked_)) return {};
    return grant;
  }
  if (!asks()) return Grant::everything();
  auto checked = check(grant.token);
  if (auto* renewed = std::get_if<Grant>(&checked)) return std::move(*renewed);
  return {};
}

}  // namespace webrtcserver
