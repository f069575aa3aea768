// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/tokens.hpp"

namespace webrtcserver {
namespace {

using test::hs256_jwt;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kNow = 1'800'000'000;
const std::string kSecret = "0123456789abcdef0123456789abcdef";
const std::string kClaims = R"({"streams":["cam-*"],"allow":["view","publish"],"exp":1800000060})";

class JwtTest : public ::testing::Test {
 protected:
  static std::optional<Grant> read(const JwtKey& key, const std::string& token) {
    return read_jwt({key}, token, kNow);
  }
  // What the holder of a signed token is told.
  std::string complaint(const std::string& claims) const {
    try {
      return read(hs256_, hs256_jwt(claims, kSecret)) ? "(none)" : "(not signed)";
    } catch (const Error& error) {
      return error.what();
    }
  }

  const test::Key rsa_ = test::make_rsa_key();
  const test::Key ec_ = test::make_key();
  const JwtKey hs256_{JwtKey::Algorithm::kHs256, kSecret};
  const JwtKey rs256_{JwtKey::Algorithm::kRs256, test::public_pem(rsa_)};
  const JwtKey es256_{JwtKey::Algorithm::kEs256, test::public_pem(ec_)};
};

TEST_F(JwtTest, IsReadWhenItsKeyHasSignedIt) {
  const std::string token = hs256_jwt(kClaims, kSecret);
  const auto grant = read(hs256_, token);
  ASSERT_TRUE(grant);
  EXPECT_THAT(grant->streams, ElementsAre("cam-*"));
  EXPECT_THAT(grant->allow, ElementsAre(Permission::kView, Permission::kPublish));
  EXPECT_EQ(grant->expires, 1'800'000'060);
  EXPECT_EQ(grant->token, token);
  EXPECT_TRUE(read(rs256_, test::rs256_jwt(kClaims, rsa_)));
  EXPECT_TRUE(read(es256_, test::es256_jwt(kClaims, ec_)));
  const std::vector<JwtKey> all{hs256_, rs256_, es256_};
  EXPECT_TRUE(read_jwt(all, test::es256_jwt(kClaims, ec_), kNow));
}

TEST_F(JwtTest, IsNotReadWhenAnotherKeyHasSignedIt) {
  EXPECT_FALSE(read(hs256_, hs256_jwt(kClaims, kSecret + "x")));
  EXPECT_FALSE(read(rs256_, test::rs256_jwt(kClaims, test::make_rsa_key())));
  EXPECT_FALSE(read(es256_, test::es256_jwt(kClaims, test::make_key())));
  EXPECT_FALSE(read_jwt({}, hs256_jwt(kClaims, kSecret), kNow));
}

TEST_F(JwtTest, ThatIsNotSignedIsNotRead) {
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})", "{}",
                             R"({"alg":1})", R"({"alg":null})"}) {
    EXPECT_FALSE(read(hs256_, test::unsigned_jwt(header, kClaims))) << header;
    EXPECT_FALSE(read(rs256_, test::unsigned_jwt(header, kClaims))) << header;
  }
}

TEST_F(JwtTest, DoesNotChooseItsAlgorithm) {
  // The public key is public, so that everybody could sign with it as a secret.
  EXPECT_FALSE(read(rs256_, hs256_jwt(kClaims, test::public_pem(rsa_))));
  EXPECT_FALSE(read(es256_, hs256_jwt(kClaims, test::public_pem(ec_))));
  EXPECT_FALSE(read(rs256_, hs256_jwt(kClaims, test::public_pem(rsa_), R"({"alg":"RS256"})")));
  EXPECT_FALSE(read(hs256_, hs256_jwt(kClaims, kSecret, R"({"alg":"HS512"})")));
  EXPECT_FALSE(read(hs256_, hs256_jwt(kClaims, kSecret, R"({"alg":"hs256"})")));
  EXPECT_FALSE(read(rs256_, test::es256_jwt(kClaims, ec_)));
}

TEST_F(JwtTest, WithAnExtensionThatMustBeUnderstoodIsNotRead) {
  EXPECT_FALSE(
      read(hs256_, hs256_jwt(kClaims, kSecret, R"({"alg":"HS256","crit":["b64"],"b64":false})")));
}

TEST_F(JwtTest, ThatIsMangledIsNotRead) {
  const std::string token = hs256_jwt(kClaims, kSecret);
  const std::string half = token.substr(0, token.size() / 2);
  const std::string unsigned_part = token.substr(0, token.rfind('.'));
  const std::vector<std::string> mangled{"",
                                         ".",
                                         "..",
                                         "...",
                                         half,
                                         token + ".",
                                         "." + token,
                                         token + "=",
                                         token + "A",
                                         token.substr(1),
                                         unsigned_part,
                                         unsigned_part + ".",
                                         "a.b.c.d.e",
                                         std::string(8000, '.'),
                                         std::string(8000, 'A')};
  for (const std::string& bad : mangled) {
    EXPECT_FALSE(read(hs256_, bad)) << bad.substr(0, 80);
  }
  // Another payload under the same signature.
  std::string forged = token;
  char& c = forged[token.find('.') + 5];
  c = c == 'A' ? 'B' : 'A';
  EXPECT_FALSE(read(hs256_, forged));
}

TEST_F(JwtTest, SaysWhatIsWrongWithClaimsThatWereSigned) {
  const auto with = [&](const std::string& streams, const std::string& allow,
                        const std::string& rest) {
    return complaint(R"({"streams":)" + streams + R"(,"allow":)" + allow + rest + "}");
  };
  const std::string streams = R"(["*"])";
  const std::string allow = R"(["view"])";
  const std::string exp = R"(,"exp":1800000060)";
  EXPECT_EQ(with(streams, allow, exp), "(none)");
  EXPECT_EQ(with(streams, allow, exp + R"(,"iss":"me","sub":"you","iat":1)"), "(none)");
  EXPECT_EQ(with(streams, allow, R"(,"exp":1800000060.5)"), "(none)");
  EXPECT_THAT(with(R"("*")", allow, exp), HasSubstr("“streams”"));
  EXPECT_THAT(with("[]", allow, exp), HasSubstr("“streams”"));
  EXPECT_THAT(with(streams, R"("view")", exp), HasSubstr("“allow”"));
  EXPECT_THAT(with(streams, R"(["view","admin"])", exp), HasSubstr("“allow”"));
  EXPECT_THAT(with(streams, "{}", exp), HasSubstr("“allow”"));
  EXPECT_THAT(with(streams, allow, ""), HasSubstr("“exp”"));
  EXPECT_THAT(with(streams, allow, R"(,"exp":"1800000060")"), HasSubstr("“exp”"));
  EXPECT_THAT(with(streams, allow, R"(,"exp":1e300)"), HasSubstr("“exp”"));
  EXPECT_THAT(with(streams, allow, R"(,"exp":-1)"), HasSubstr("“exp”"));
  EXPECT_THAT(with(streams, allow, exp + R"(,"nbf":"now")"), HasSubstr("“nbf”"));
  EXPECT_THAT(with(streams, allow, exp + R"(,"aud":"another")"), HasSubstr("another server"));
  EXPECT_NE(complaint("[]"), "(none)");
  EXPECT_NE(complaint("null"), "(none)");
}

TEST_F(JwtTest, IsNotGoodBeforeItsTime) {
  const std::string rest = R"({"streams":["*"],"allow":["view"],"exp":1800000060,"nbf":)";
  EXPECT_THAT(complaint(rest + "1800000001}"), HasSubstr("not valid yet"));
  EXPECT_EQ(complaint(rest + "1800000000}"), "(none)");
}

TEST_F(JwtTest, ThatHasExpiredIsForItsReaderToSee) {
  const auto grant =
      read(hs256_, hs256_jwt(R"({"streams":["*"],"allow":["view"],"exp":1})", kSecret));
  ASSERT_TRUE(grant);
  EXPECT_TRUE(grant->expired(kNow));
}

}  // namespace
}  // namespace webrtcserver
