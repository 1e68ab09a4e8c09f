#include "latchkey/payload.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/log.h"
#include "session/carriers/native_ring.h"
#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using std::chrono::hours;

std::atomic<int> g_refusals{0};
void count_refusals(LogLevel, std::string_view event, std::initializer_list<LogField>) {
  if (event == "payload_refused") ++g_refusals;
}

class PayloadsTest : public ::testing::TestWithParam<PayloadForm> {
 protected:
  PayloadsTest()
      : keys_(std::make_shared<SharedKeyRing>(
            make_ring(ring_key("a", KeyState::primary, kSecretA)))) {
    set_log_sink(&count_refusals);
    g_refusals = 0;
  }
  ~PayloadsTest() override { set_log_sink(nullptr); }

  std::unique_ptr<Payloads> make(PayloadOptions options = {}) {
    options.form = GetParam();
    options.keys = keys_;
    options.clock = &clock_;
    auto made = Payloads::make(std::move(options));
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  UnixTime in(Millis life) const { return clock_.now() + life; }

  ManualClock clock_;
  std::shared_ptr<SharedKeyRing> keys_;
};
INSTANTIATE_TEST_SUITE_P(Forms, PayloadsTest,
                         ::testing::Values(PayloadForm::sealed, PayloadForm::signed_token),
                         [](const auto& form) {
                           return form.param == PayloadForm::sealed ? "sealed" : "signed";
                         });

TEST_P(PayloadsTest, WhatWentInComesOut) {
  const auto payloads = make();
  const std::string json = R"({"userId":"7","expiresAt":"2027-01-22T08:00:00.000Z","n":[1.5]})";
  const auto text = payloads->encode(json, in(days{7}));
  ASSERT_TRUE(text) << text.error().detail;
  EXPECT_EQ(payloads->decode(*text), json);
  EXPECT_EQ(payloads->decode_or_fallback(*text), json);
  EXPECT_EQ(g_refusals, 0);
}

TEST_P(PayloadsTest, AbsentForgedAndExpiredTextIsNoSessionWithOneLineEach) {
  const auto payloads = make({.fallback = R"({"isLoggedIn":false})"});
  const std::string text = *payloads->encode(R"({"isLoggedIn":true})", in(hours{1}));
  EXPECT_FALSE(payloads->decode(""));
  EXPECT_EQ(g_refusals, 0) << "nobody logged in is nothing to tell";
  std::string forged = text;
  forged[text.size() / 2] = forged[text.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(payloads->decode(forged));
  EXPECT_EQ(g_refusals, 1);
  EXPECT_FALSE(payloads->decode("\xff\x00 garbage"));
  EXPECT_EQ(g_refusals, 2);
  EXPECT_EQ(payloads->decode_or_fallback(forged), R"({"isLoggedIn":false})");
  clock_.advance(hours{1} - Millis{1});
  EXPECT_EQ(payloads->decode_or_fallback(text), R"({"isLoggedIn":true})");
  clock_.advance(Millis{1});
  g_refusals = 0;
  EXPECT_FALSE(payloads->decode(text));
  EXPECT_EQ(g_refusals, 1);
}

TEST_P(PayloadsTest, R124TextOfOnePurposeOpensNothingElse) {
  const auto payloads = make();
  const auto other = make({.name = "other"});
  const std::string text = *payloads->encode(R"({"a":1})", in(hours{1}));
  EXPECT_FALSE(other->decode(text)) << "another name";
  const std::unique_ptr<Store> store = std::move(*make_memory_store());
  const Carrier carrier =
      GetParam() == PayloadForm::sealed ? Carrier::sealed : Carrier::signed_token;
  const auto sessions =
      std::move(*Sessions::open(*store, {.cookie = {.name = "session", .secure = false},
                                         .carrier = carrier,
                                         .keys = keys_,
                                         .clock = &clock_}));
  EXPECT_EQ(sessions->validate(text)->state, SessionState::none);
  const auto made = sessions->create(*UserId::parse("alice"));
  EXPECT_FALSE(payloads->decode(made->token.reveal()));
}

TEST_P(PayloadsTest, WhatIsNoObjectOrTooLongOrPastIsNotEncoded) {
  const auto payloads = make();
  for (const char* json : {"", "[]", "7", "{", R"({"a":1,"a":2})"}) {
    const auto text = payloads->encode(json, in(hours{1}));
    ASSERT_FALSE(text) << json;
    EXPECT_EQ(text.error().code, Errc::invalid_argument);
  }
  EXPECT_EQ(payloads->encode("{}", clock_.now()).error().code, Errc::invalid_argument);
  const std::string large = R"({"a":")" + std::string(4096, 'x') + R"("})";
  EXPECT_EQ(payloads->encode(large, in(hours{1})).error().code, Errc::too_large);
}

TEST_P(PayloadsTest, KeysRotate) {
  const auto payloads = make();
  const std::string text = *payloads->encode(R"({"a":1})", in(hours{1}));
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                       ring_key("a", KeyState::read_only, kSecretA)));
  EXPECT_TRUE(payloads->decode(text));
  keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB)));
  EXPECT_FALSE(payloads->decode(text));
}

// R123: what a key holder wrote is data, and is checked as such.
TEST(Payloads, ASealWithoutATimeIsRefused) {
  const auto keys =
      std::make_shared<SharedKeyRing>(make_ring(ring_key("a", KeyState::primary, kSecretA)));
  const auto payloads = Payloads::make({.keys = keys});
  ASSERT_TRUE(payloads);
  const std::shared_ptr<const KeyRing> ring = keys->get();
  const auto sealer = session::native_sealer({.cookie_name = "session", .purpose = "payload"})(
      *ring, ring->writer(UnixTime{}));
  ASSERT_TRUE(sealer);
  for (const char* content : {"", "{}", "1234567"}) {
    EXPECT_FALSE((*payloads)->decode(*sealer->seal(content))) << content;
  }
}

TEST(Payloads, MisuseIsRefused) {
  const auto keys =
      std::make_shared<SharedKeyRing>(make_ring(ring_key("a", KeyState::primary, kSecretA)));
  EXPECT_EQ(Payloads::make({}).error().code, Errc::bad_config);
  EXPECT_EQ(Payloads::make({.name = "", .keys = keys}).error().code, Errc::bad_config);
  EXPECT_TRUE(Payloads::make({.name = std::string(255, 'n'), .keys = keys}));
  EXPECT_FALSE(Payloads::make({.name = std::string(256, 'n'), .keys = keys}));
  EXPECT_EQ(Payloads::make({.fallback = "false", .keys = keys}).error().code, Errc::bad_config);
}

}  // namespace
}  // namespace latchkey::testing
