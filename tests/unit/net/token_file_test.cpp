// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/token_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/error.hpp"
#include "support/tokens.hpp"

namespace webrtcserver {
namespace {

using test::token_entry;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\\n");
  return '"' + text + '"';
}

std::string key_entry(const std::string& key, const char* algorithm) {
  return R"({"jwt-key":)" + quoted(key) + R"(,"alg":")" + algorithm + "\"}";
}

std::string error_of(const std::string& json, const std::string& folder = "/nowhere") {
  try {
    TokenFile::parse(json, folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "(none)";
}

TEST(TokenFile, HasTokensWithWhatTheyAllow) {
  const auto file = TokenFile::parse(
      "[" +
          token_entry("one", R"(["output","cam-*"])", R"(["view","control"])", R"(,"expires":99)") +
          "," + token_entry("two", R"(["*"])", R"(["publish"])") + "]",
      "");
  ASSERT_EQ(file.entries.size(), 2U);
  const Grant& one = file.entries[0].grant;
  EXPECT_THAT(one.streams, ElementsAre("output", "cam-*"));
  EXPECT_THAT(one.allow, ElementsAre(Permission::kView, Permission::kControl));
  EXPECT_EQ(one.expires, 99);
  EXPECT_EQ(file.entries[1].grant.expires, std::nullopt);
  EXPECT_TRUE(file.keys.empty());
}

TEST(TokenFile, TakesTimesInWordsToo) {
  const auto expires = [](const std::string& text) {
    return TokenFile::parse(
               "[" + token_entry("t", R"(["*"])", R"(["view"])", ",\"expires\":" + text) + "]", "")
        .entries[0]
        .grant.expires;
  };
  EXPECT_EQ(expires("\"1970-01-02T00:00:00Z\""), 86400);
  EXPECT_EQ(expires("\"1970-01-02T02:00:00+02:00\""), 86400);
}

TEST(TokenFile, HasKeysForTokensOfOthers) {
  const auto rsa = test::make_rsa_key();
  const auto ec = test::make_key();
  const test::TemporaryFolder folder;
  folder.write("ec.pem", test::public_pem(ec));
  const auto file = TokenFile::parse("[" + key_entry(kSecret, "HS256") + "," +
                                         key_entry(test::public_pem(rsa), "RS256") + "," +
                                         key_entry("ec.pem", "ES256") + "]",
                                     folder.path(""));
  ASSERT_EQ(file.keys.size(), 3U);
  EXPECT_EQ(file.keys[0].algorithm, JwtKey::Algorithm::kHs256);
  EXPECT_EQ(file.keys[0].key, kSecret);
  EXPECT_EQ(file.keys[1].key, test::public_pem(rsa));
  EXPECT_EQ(file.keys[2].key, test::public_pem(ec));
  EXPECT_THAT(file.key_files, ElementsAre(folder.path("ec.pem")));
}

TEST(TokenFile, NamesTheEntryThatIsWrong) {
  const std::string good = token_entry("good", R"(["*"])", R"(["view"])");
  EXPECT_THAT(error_of("[" + good + "," + token_entry("t", R"(["*"])", R"(["watch"])") + "]"),
              AllOf(HasSubstr("Entry 2"), HasSubstr("“allow”")));
  const auto entry = [](const std::string& streams, const std::string& allow,
                        const std::string& more = "") {
    return error_of("[" + token_entry("t", streams, allow, more) + "]");
  };
  EXPECT_THAT(entry("[]", R"(["view"])"), AllOf(HasSubstr("Entry 1"), HasSubstr("“streams”")));
  EXPECT_THAT(entry(R"("output")", R"(["view"])"), HasSubstr("“streams”"));
  EXPECT_THAT(entry("[1]", R"(["view"])"), HasSubstr("“streams”"));
  EXPECT_THAT(entry(R"(["a/b"])", R"(["view"])"), HasSubstr("“streams”"));
  EXPECT_THAT(entry(R"(["*"])", "[]"), HasSubstr("“allow”"));
  EXPECT_THAT(entry(R"(["*"])", R"(["view"])", R"(,"expire":1)"),
              HasSubstr("not understood; “sha256”, “streams”, “allow” and “expires” are"));
  EXPECT_THAT(entry(R"(["*"])", R"(["view"])", R"(,"expires":"soon")"), HasSubstr("“expires”"));
  EXPECT_THAT(entry(R"(["*"])", R"(["view"])", R"(,"expires":"2030-01-01T00:00:00")"),
              HasSubstr("“expires”"));
  EXPECT_THAT(entry(R"(["*"])", R"(["view"])", R"(,"expires":null)"), HasSubstr("“expires”"));
  EXPECT_THAT(entry(R"(["*"])", R"(["view"])", R"(,"expires":-1)"), HasSubstr("“expires”"));
  EXPECT_THAT(error_of("[" + good + "," + good + "]"), HasSubstr("Entry 2 is about the token of"));
}

TEST(TokenFile, RefusesDigestsThatAreNone) {
  const std::string rest = R"(,"streams":["*"],"allow":["view"]}])";
  EXPECT_THAT(error_of(R"([{"sha256":"abc")" + rest), HasSubstr("“sha256”"));
  EXPECT_THAT(error_of(R"([{"sha256":")" + std::string(64, 'g') + '"' + rest),
              HasSubstr("“sha256”"));
  EXPECT_THAT(error_of(R"([{"sha256":1)" + rest), HasSubstr("“sha256”"));
  EXPECT_THAT(error_of(R"([{"streams":["*"],"allow":["view"]}])"), HasSubstr("“sha256”"));
}

TEST(TokenFile, RefusesWhatIsNoListOfEntries) {
  EXPECT_THAT(error_of("[]"), HasSubstr("empty"));
  EXPECT_THAT(error_of("{}"), HasSubstr("no JSON array"));
  EXPECT_THAT(error_of("[1]"), HasSubstr("no JSON array"));
  EXPECT_THAT(error_of("[], \"more\":[]"), HasSubstr("no JSON array"));
  for (const char* bad : {"", "[}", "[", "[{},]", "[{}]]", "{}{}"})
    EXPECT_NE(error_of(bad), "(none)") << bad;
}

TEST(TokenFile, RepeatsNothingOfItsContents) {
  for (const char* bad :
       {R"([hunter2])", R"(["a" "hunter2"])", R"([{"hunter2"}])", R"([{"hunter2": 1}])",
        R"([{"sha256": "hunter2"}])", R"([{"jwt-key": "hunter2", "alg": "HS256"}])",
        R"([{"jwt-key": "x", "alg": "hunter2"}])", R"(hunter2)", R"("hunter2")"}) {
    EXPECT_THAT(error_of(bad), AllOf(Not("(none)"), Not(HasSubstr("hunter2")))) << bad;
  }
}

TEST(TokenFile, RefusesKeysThatWouldNotProtect) {
  const auto key = [](const std::string& text, const char* algorithm) {
    return error_of("[" + key_entry(text, algorithm) + "]");
  };
  const auto rsa = test::make_rsa_key();
  const auto ec = test::make_key();
  EXPECT_THAT(key("short", "HS256"), AllOf(HasSubstr("32 bytes"), Not(HasSubstr("short"))));
  EXPECT_THAT(key(test::public_pem(rsa), "HS256"), HasSubstr("PEM"));
  EXPECT_THAT(key(kSecret, "none"), HasSubstr("“alg”"));
  EXPECT_THAT(key(kSecret, "HS512"), HasSubstr("“alg”"));
  EXPECT_THAT(error_of(R"([{"jwt-key":")" + std::string(kSecret) + "\"}]"), HasSubstr("“alg”"));
  EXPECT_THAT(key(test::public_pem(ec), "RS256"), HasSubstr("RSA"));
  EXPECT_THAT(key(test::public_pem(rsa), "ES256"), HasSubstr("P-256"));
  EXPECT_THAT(key(test::public_pem(test::make_rsa_key(1024)), "RS256"), HasSubstr("2048"));
  EXPECT_THAT(key(test::key_pem(ec), "ES256"), HasSubstr("private"));
  EXPECT_THAT(key("missing.pem", "RS256"), HasSubstr("missing.pem"));
  EXPECT_THAT(error_of(R"([{"jwt-key":"x","alg":"HS256","streams":["*"]}])"),
              HasSubstr("“jwt-key” and “alg” are"));
}

TEST(TokenFile, IsForItsOwnerOnly) {
  const test::TemporaryFolder folder;
  const std::string json = "[" + token_entry("t", R"(["*"])", R"(["view"])") + "]";
  EXPECT_EQ(TokenFile::load(write_tokens(folder, json, 0600)).entries.size(), 1U);
  EXPECT_EQ(TokenFile::load(write_tokens(folder, json, 0400)).entries.size(), 1U);
  for (const unsigned permissions : {0640U, 0604U, 0620U, 0644U}) {
    const std::string path = write_tokens(folder, json, permissions);
    try {
      TokenFile::load(path);
      FAIL() << std::oct << permissions;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(path), HasSubstr("chmod 600")));
    }
  }
}

TEST(TokenFile, SaysWhichFileItCannotRead) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(TokenFile::load(folder.path("none.json")), Error);
  EXPECT_THROW(TokenFile::load(folder.path("")), Error);
  ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_THROW(TokenFile::load(folder.path("pipe")), Error);
  EXPECT_THROW(TokenFile::load(write_tokens(folder, std::string(1024 * 1024 + 1, ' '))), Error);
  try {
    TokenFile::load(write_tokens(folder, "[]"));
    FAIL() << "loaded";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder.path("tokens.json")));
  }
}

}  // namespace
}  // namespace webrtcserver
