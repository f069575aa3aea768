// SPDX-License-Identifier: LGPL-2.1-or-later
// The client's half of WHIP with a server that answers as a test wants; no media.
#include "signalling/whip_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "support/patience.hpp"
#include "support/whip_server.hpp"

namespace webrtcserver {
namespace {

using test::HttpAnswer;
using test::kPatience;
using test::WhipServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kOffer[] =
    "v=0\r\na=group:BUNDLE video0\r\nm=video 9 UDP/TLS/RTP/SAVPF 97\r\na=ice-ufrag:Abcd\r\n"
    "a=ice-pwd:0123456789012345678901\r\na=mid:video0\r\n";
constexpr char kAnswer[] = "v=0\r\n";
constexpr char kOne[] = "candidate:1 1 UDP 1 192.0.2.1 1000 typ host";
constexpr char kTwo[] = "candidate:2 1 UDP 1 192.0.2.1 1001 typ host";

HttpAnswer created(test::HttpHeaders headers = {{"ETag", "\"e1\""}, {"Location", "/s/1"}}) {
  headers.emplace("Content-Type", "application/sdp; charset=utf-8");
  return {.status = 201, .headers = std::move(headers), .body = kAnswer};
}

struct Listener : Channel::Listener {
  void on_answer(std::string sdp) override { answered.set_value(std::move(sdp)); }
  void on_candidate(unsigned, std::string) override {}
  void on_request(std::string) override {}
  void on_left(std::string_view why) override { left.set_value(std::string(why)); }

  std::promise<std::string> answered;
  std::promise<std::string> left;
};

struct Observer final : WhipClient::Observer {
  void on_accepted(std::vector<IceServer> servers) override { ice_servers = std::move(servers); }
  void on_connected() override {}
  void on_ended(const WhipEnding& ending) override { ended.set_value(ending); }

  std::vector<IceServer> ice_servers;
  std::promise<WhipEnding> ended;
};

class WhipClientTest : public testing::Test {
 protected:
  ~WhipClientTest() override {
    loop_.call([this] { client_.reset(); });
    if (http_) {
      EXPECT_TRUE(http_->wait_idle(kPatience));
    }
    http_.reset();
  }

  void make(WhipServer::Refuse serve, std::chrono::milliseconds gathering = kPatience) {
    server_ = std::make_unique<WhipServer>(WhipServer::Settings{.refuse = std::move(serve)});
    HttpClient::Settings settings;
    settings.url = server_->url("/whip");
    settings.token = "abc";
    http_ = HttpClient::create(loop_, settings);
    loop_.call([&] {
      client_ = std::make_unique<WhipClient>(
          loop_, http_, WhipClient::Settings{.url = settings.url, .gathering = gathering},
          observer_);
      client_->set_listener(&listener_);
    });
  }

  template <typename Task>
  void on_client(Task task) {
    loop_.call([&] { task(*client_); });
  }

  void offer() {
    on_client([](WhipClient& client) {
      client.send_description(kOffer);
      client.send_candidate(0, kOne);
    });
  }

  std::string post() const {
    const auto posts = server_->requests("POST");
    return posts.size() == 1 ? posts.front().body : "none, or more than one";
  }

  template <typename T>
  static bool wait(std::future<T>& future) {
    return future.wait_for(kPatience) == std::future_status::ready;
  }

  LoopThread loop_{"client"};
  Listener listener_;
  const std::shared_ptr<Observer> observer_ = std::make_shared<Observer>();
  std::future<std::string> answered_ = listener_.answered.get_future();
  std::future<std::string> left_ = listener_.left.get_future();
  std::future<WhipEnding> ended_ = observer_->ended.get_future();
  std::unique_ptr<WhipServer> server_;
  std::shared_ptr<HttpClient> http_;
  std::unique_ptr<WhipClient> client_;
};

TEST_F(WhipClientTest, PostsTheOfferWithAllCandidatesOnceTheyAreThere) {
  make([](const auto&) { return created(); });
  offer();
  EXPECT_THAT(server_->requests("POST"), IsEmpty()) << "there may be more";
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_TRUE(wait(answered_));
  EXPECT_EQ(answered_.get(), kAnswer);
  EXPECT_THAT(post(), AllOf(HasSubstr(std::string("a=") + kOne), HasSubstr("end-of-candidates")));
  EXPECT_THAT(server_->requests("PATCH"), IsEmpty());
}

TEST_F(WhipClientTest, PatchesInWhatComesLater) {
  make(
      [](const auto& request) {
        return request.method == "POST" ? created()
                                        : HttpAnswer{.status = 204, .headers = {}, .body = ""};
      },
      std::chrono::milliseconds(0));
  on_client([](WhipClient& client) { client.send_description(kOffer); });
  ASSERT_TRUE(wait(answered_));
  EXPECT_THAT(post(), Not(HasSubstr("candidate")));
  on_client([](WhipClient& client) {
    client.send_candidate(0, kOne);
    client.send_candidate(0, kTwo);
    client.send_candidate(0, kOne);
    client.send_end_of_candidates();
  });
  ASSERT_TRUE(server_->wait_requests("PATCH", 2));
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_TRUE(http_->wait_idle(kPatience));
  const auto patches = server_->requests("PATCH");
  ASSERT_THAT(patches, SizeIs(2)) << "one after the other";
  for (const auto& patch : patches) {
    EXPECT_EQ(patch.path, "/s/1");
    EXPECT_EQ(patch.header("if-match"), "\"e1\"");
    EXPECT_EQ(patch.header("content-type"), "application/trickle-ice-sdpfrag");
    EXPECT_EQ(patch.header("authorization"), "Bearer abc");
  }
  EXPECT_THAT(patches[0].body, AllOf(HasSubstr(kOne), Not(HasSubstr("end-of-candidates"))));
  EXPECT_THAT(patches[1].body, AllOf(HasSubstr(kTwo), Not(HasSubstr(kOne)),
                                     HasSubstr("a=end-of-candidates"), HasSubstr("Abcd")));
}

TEST_F(WhipClientTest, PatchesNoMoreOnceTheServerRefuses) {
  make(
      [](const auto& request) {
        return request.method == "POST" ? created() : test::problem(405, "No trickle here.");
      },
      std::chrono::milliseconds(0));
  on_client([](WhipClient& client) { client.send_description(kOffer); });
  ASSERT_TRUE(wait(answered_));
  on_client([](WhipClient& client) { client.send_candidate(0, kOne); });
  ASSERT_TRUE(http_->wait_idle(kPatience));
  on_client([](WhipClient& client) { client.send_candidate(0, kTwo); });
  ASSERT_TRUE(http_->wait_idle(kPatience));
  EXPECT_THAT(server_->requests("PATCH"), SizeIs(1));
}

TEST_F(WhipClientTest, PatchesNothingWhereTheAnswerKnowsNoTrickle) {
  make([](const auto&) { return created({{"Location", "/s/1"}}); }, std::chrono::milliseconds(0));
  on_client([](WhipClient& client) { client.send_description(kOffer); });
  ASSERT_TRUE(wait(answered_));
  on_client([](WhipClient& client) { client.send_candidate(0, kOne); });
  ASSERT_TRUE(http_->wait_idle(kPatience));
  EXPECT_THAT(server_->requests("PATCH"), IsEmpty());
}

TEST_F(WhipClientTest, HandsOnTheIceServersOfTheAnswer) {
  make([](const auto&) { return created({{"Link", "<stun:a>; rel=\"ice-server\""}}); });
  offer();
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_TRUE(wait(answered_));
  loop_.call([&] {
    EXPECT_THAT(observer_->ice_servers, ElementsAre(IceServer{"stun:a", "", ""}));
  });
}

TEST_F(WhipClientTest, DeletesASessionThatItLeftBeforeTheAnswer) {
  std::promise<void> asked;
  std::promise<void> left;
  make([&, waits = std::make_shared<std::future<void>>(left.get_future())](const auto& request) {
    if (request.method != "POST") return HttpAnswer{.status = 200, .headers = {}, .body = ""};
    asked.set_value();
    waits->wait_for(kPatience);
    return created();
  });
  offer();
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_EQ(asked.get_future().wait_for(kPatience), std::future_status::ready);
  loop_.call([this] { client_.reset(); });
  left.set_value();
  ASSERT_TRUE(server_->wait_requests("DELETE", 1));
  EXPECT_EQ(server_->requests("DELETE").front().path, "/s/1");
}

TEST_F(WhipClientTest, TellsWhatBecameOfIt) {
  make([](const auto&) { return created(); });
  offer();
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_TRUE(wait(answered_));
  on_client([](WhipClient& client) {
    client.send_error("no-common-codec", "The browser plays none of them.");
    client.say_bye("error", "");
  });
  ASSERT_TRUE(wait(ended_));
  const WhipEnding ending = ended_.get();
  EXPECT_EQ(ending.outcome, WhipEnding::Outcome::kRefused);
  EXPECT_THAT(ending.message, HasSubstr("agreed to none of the codecs"));
  EXPECT_TRUE(server_->wait_requests("DELETE", 1));
}

TEST_F(WhipClientTest, LeavesWithTheWordsOfARefusal) {
  make([](const auto&) { return test::problem(403, "Not you"); });
  offer();
  on_client([](WhipClient& client) { client.send_end_of_candidates(); });
  ASSERT_TRUE(wait(left_));
  EXPECT_THAT(left_.get(), HasSubstr("Not you"));
  ASSERT_TRUE(wait(ended_));
  EXPECT_TRUE(ended_.get().unauthorized);
  EXPECT_THAT(server_->requests("DELETE"), IsEmpty());
}

}  // namespace
}  // namespace webrtcserver
