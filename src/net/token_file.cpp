// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/token_file.hpp"

#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "base/error.hpp"
#include "base/json.hpp"
#include "net/openssl_types.hpp"

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;  // bytes
constexpr std::size_t kMinSecret = 32;         // bytes, RFC 7518, section 3.2
constexpr int kMinRsaBits = 2048;              // RFC 7518, section 3.3

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kFailed, message);
}

enum class Readers { kOwner, kAnyone };

// Nothing of the contents is ever in an error.
std::string read_file(const std::string& path, Readers readers) {
  // A named pipe would have us wait.
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) fail("The file “" + path + "” cannot be opened: " + std::strerror(errno) + ".");
  const struct Closer {
    int file;
    ~Closer() { close(file); }
  } closer{file};
  struct stat found {};
  if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode)) fail("“" + path + "” is no file.");
  if (readers == Readers::kOwner && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    fail("The file “" + path +
         "” says who may do what here, and others than its owner may read or write it; run chmod "
         "600 on it.");
  }
  std::string text(kMaxFile + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("The file “" + path + "” cannot be read: " + std::strerror(errno) + ".");
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kMaxFile) fail("The file “" + path + "” has more than a megabyte.");
  text.resize(size);
  return text;
}

// A member's name is not repeated: somebody may have written a token there.
void check_members(const JsonReader& json, std::initializer_list<std::string_view> known) {
  for (const std::string& name : json.members()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string names;
    for (const std::string_view each : known) {
      names += (names.empty() ? "" : each == *std::prev(known.end()) ? " and " : ", ");
      names += "“" + std::string(each) + "”";
    }
    fail("has a member that is not understood; " + names + " are");
  }
}

bool has(const JsonReader& json, std::string_view name) {
  const auto members = json.members();
  return std::find(members.begin(), members.end(), name) != members.end();
}

TokenFile::Digest read_digest(const JsonReader& json) {
  const auto hex = json.string("sha256");
  TokenFile::Digest digest{};
  const bool is_hex =
      hex && hex->size() == 2 * digest.size() &&
      std::all_of(hex->begin(), hex->end(), [](char c) { return g_ascii_isxdigit(c); });
  if (!is_hex) fail("needs the 64 hexadecimal digits of the token's SHA-256 as “sha256”");
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<unsigned char>(g_ascii_xdigit_value((*hex)[2 * i]) * 16 +
                                           g_ascii_xdigit_value((*hex)[2 * i + 1]));
  }
  return digest;
}

std::int64_t read_time(const JsonReader& json, const char* member) {
  if (const auto seconds = json.integer(member); seconds && *seconds > 0) return *seconds;
  const auto text = json.string(member).value_or("");
  // RFC 3339 has no time without its zone, and neither has this when no zone is given to it.
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> time(
      text.find('T') == std::string::npos ? nullptr
                                          : g_date_time_new_from_iso8601(text.c_str(), nullptr),
      g_date_time_unref);
  if (!time) {
    fail(std::string("has “") + member +
         "”, which is neither seconds since 1970 nor a time such as \"2030-12-31T18:00:00Z\"");
  }
  return g_date_time_to_unix(time.get());
}

// What is wrong with a public key of this algorithm; nothing for a good one.
const char* key_problem(const std::string& pem, JwtKey::Algorithm algorithm) {
  if (pem.find("PRIVATE KEY-----") != std::string::npos)
    return "is a private key; give the public one, which openssl pkey -pubout writes";
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const PrivateKey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!key) return "is no public key in PEM (-----BEGIN PUBLIC KEY-----)";
  if (algorithm == JwtKey::Algorithm::kRs256) {
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA || EVP_PKEY_bits(key.get()) < kMinRsaBits)
      return "is no RSA key of at least 2048 bits, as RS256 needs";
  } else {
    std::array<char, 32> curve{};
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key.get(), curve.data(), curve.size(), nullptr) != 1 ||
        std::string_view(curve.data()) != "prime256v1")
      return "is no key on the curve P-256, as ES256 needs";
  }
  return nullptr;
}

JwtKey read_key(const JsonReader& json, const std::string& folder, TokenFile& file) {
  check_members(json, {"jwt-key", "alg"});
  const auto text = json.string("jwt-key");
  if (!text || text->empty()) fail("needs a secret, a PEM text or a path as “jwt-key”");
  const auto name = json.string("alg");
  JwtKey key{JwtKey::Algorithm::kHs256, *text};
  const bool is_pem = text->find("-----BEGIN ") != std::string::npos;
  if (name == "HS256") {
    if (is_pem) fail("has a PEM text as “jwt-key”; HS256 takes a secret");
    if (text->size() < kMinSecret) fail("has a “jwt-key” of less than 32 bytes, which HS256 needs");
    return key;
  }
  if (name == "RS256") {
    key.algorithm = JwtKey::Algorithm::kRs256;
  } else if (name == "ES256") {
    key.algorithm = JwtKey::Algorithm::kEs256;
  } else {
    fail("needs HS256, RS256 or ES256 as “alg”");
  }
  if (!is_pem) {
    const std::string path = (std::filesystem::path(folder) / *text).string();
    key.key = read_file(path, Readers::kAnyone);
    file.key_files.push_back(path);
  }
  if (const char* problem = key_problem(key.key, key.algorithm))
    fail(std::string("has a “jwt-key” that ") + problem);
  return key;
}

void read_entry(const JsonReader& json, const std::string& folder, TokenFile& file) {
  if (has(json, "jwt-key")) {
    file.keys.push_back(read_key(json, folder, file));
    return;
  }
  check_members(json, {"sha256", "streams", "allow", "expires"});
  TokenFile::Entry entry{read_digest(json), read_grant(json)};
  if (has(json, "expires")) entry.grant.expires = read_time(json, "expires");
  const bool twice = std::any_of(file.entries.begin(), file.entries.end(),
                                 [&](const auto& other) { return other.digest == entry.digest; });
  if (twice) fail("is about the token of another entry");
  file.entries.push_back(std::move(entry));
}

// A document is an object to JsonReader, whose errors may repeat what they are about.
JsonReader read_document(std::string_view text) {
  try {
    return JsonReader("{\"entries\":" + std::string(text) + "}");
  } catch (const Error&) {
    fail("It is no JSON; python3 -m json.tool says where.");
  }
}

}  // namespace

const char* to_string(JwtKey::Algorithm algorithm) {
  switch (algorithm) {
    case JwtKey::Algorithm::kHs256:
      return "HS256";
    case JwtKey::Algorithm::kRs256:
      return "RS256";
    case JwtKey::Algorithm::kEs256:
      return "ES256";
  }
  return "";
}

Grant read_grant(const JsonReader& json) {
  Grant grant;
  const auto streams = json.strings("streams");
  if (!streams || streams->empty())
    fail("needs a list of names of streams as “streams”, such as [\"output\", \"cam-*\"]");
  for (const std::string& pattern : *streams) {
    if (!is_stream_pattern(pattern)) {
      fail(
          "has something in “streams” that no stream can be called; letters, digits, . _ ~ - and "
          "* as any text are understood");
    }
  }
  grant.streams = *streams;
  const auto allow = json.strings("allow");
  if (!allow || allow->empty()) fail("needs a list of “view”, “publish” and “control” as “allow”");
  for (const std::string& name : *allow) {
    const auto permission = permission_named(name);
    if (!permission)
      fail("has something in “allow” that is not understood; “view”, “publish” and “control” are");
    grant.allow.insert(*permission);
  }
  return grant;
}

TokenFile TokenFile::parse(std::string_view text, const std::string& folder) {
  const auto json = read_document(text);
  const auto entries = json.members().size() == 1 ? json.objects("entries") : std::nullopt;
  if (!entries) fail("It is no JSON array of objects.");
  if (entries->empty()) fail("It is empty: nobody would be let in.");
  TokenFile file;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    try {
      read_entry((*entries)[i], folder, file);
    } catch (const Error& error) {
      fail("Entry " + std::to_string(i + 1) + " " + error.what() + ".");
    }
  }
  return file;
}

TokenFile TokenFile::load(const std::string& path) {
  const std::string text = read_file(path, Readers::kOwner);
  try {
    return parse(text, std::filesystem::path(path).parent_path().string());
  } catch (const Error& error) {
    fail("The file “" + path + "” of auth-tokens cannot be used. " + error.what());
  }
}

}  // namespace webrtcserver
