// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/jwt.hpp"

#include <jwt.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "base/json.hpp"

namespace webrtcserver {

namespace {

constexpr double kMaxTime = 253'402'300'800;  // seconds since 1970; the year 10000

struct Parts {
  std::string header;   // JSON
  std::string payload;  // JSON, to be believed once the signature has been verified
};

// RFC 4648, section 5, without padding; nothing for what is not.
std::optional<std::string> decode(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    if (!g_ascii_isalnum(c) && c != '-' && c != '_') return {};
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  if (standard.size() % 4 == 1) return {};
  standard.append((4 - standard.size() % 4) % 4, '=');
  gsize size = 0;
  const std::unique_ptr<guchar, decltype(&g_free)> bytes(g_base64_decode(standard.c_str(), &size),
                                                         g_free);
  return std::string(reinterpret_cast<const char*>(bytes.get()), size);
}

std::optional<Parts> split(const std::string& token) {
  if (std::count(token.begin(), token.end(), '.') != 2) return {};
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  auto header = decode(std::string_view(token).substr(0, first));
  auto payload = decode(std::string_view(token).substr(first + 1, second - first - 1));
  if (!header || !payload) return {};
  return Parts{std::move(*header), std::move(*payload)};
}

std::optional<JsonReader> read(const std::string& text) {
  try {
    return JsonReader(text);
  } catch (const Error&) {
    return {};
  }
}

bool has(const JsonReader& json, const char* name) {
  const auto members = json.members();
  return std::find(members.begin(), members.end(), name) != members.end();
}

jwt_alg_t algorithm_of(const JwtKey& key) {
  switch (key.algorithm) {
    case JwtKey::Algorithm::kHs256:
      return JWT_ALG_HS256;
    case JwtKey::Algorithm::kRs256:
      return JWT_ALG_RS256;
    case JwtKey::Algorithm::kEs256:
      return JWT_ALG_ES256;
  }
  return JWT_ALG_INVAL;
}

bool is_signed_by(const JwtKey& key, const std::string& token) {
  jwt_t* decoded = nullptr;
  if (jwt_decode(&decoded, token.c_str(), reinterpret_cast<const unsigned char*>(key.key.data()),
                 static_cast<int>(key.key.size())) != 0)
    return false;
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> owned(decoded, jwt_free);
  return jwt_get_alg(decoded) == algorithm_of(key);
}

// RFC 7519, section 2: NumericDate, which may have a fraction.
std::int64_t read_date(const JsonReader& claims, const char* name) {
  const auto seconds = claims.number(name);
  if (!seconds || *seconds < 0 || *seconds >= kMaxTime) {
    throw Error(ErrorCode::kProtocol,
                std::string("The token needs seconds since 1970 as “") + name + "”.");
  }
  return static_cast<std::int64_t>(std::floor(*seconds));
}

Grant read_claims(const std::string& payload, const std::string& token, std::int64_t now) {
  const JsonReader claims(payload);
  Grant grant;
  try {
    grant = read_grant(claims);
  } catch (const Error& error) {
    throw Error(ErrorCode::kProtocol, std::string("The token ") + error.what() + ".");
  }
  grant.expires = read_date(claims, "exp");
  grant.token = token;
  if (has(claims, "nbf") && read_date(claims, "nbf") > now)
    throw Error(ErrorCode::kProtocol, "The token is not valid yet.");
  // RFC 7519, section 4.1.3.
  if (has(claims, "aud"))
    throw Error(ErrorCode::kProtocol, "The token is meant for another server.");
  return grant;
}

}  // namespace

std::optional<Grant> read_jwt(const std::vector<JwtKey>& keys, const std::string& token,
                              std::int64_t now) {
  if (keys.empty()) return {};
  const auto parts = split(token);
  const auto header = parts ? read(parts->header) : std::nullopt;
  // RFC 7515, section 4.1.11: what must be understood, and is not.
  if (!header || has(*header, "crit")) return {};
  const auto algorithm = header->string("alg");
  for (const JwtKey& key : keys) {
    if (algorithm == to_string(key.algorithm) && is_signed_by(key, token))
      return read_claims(parts->payload, token, now);
  }
  return {};
}

}  // namespace webrtcserver
