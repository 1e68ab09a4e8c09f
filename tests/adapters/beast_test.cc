// The adapter of Boost.Beast, on one thread for the connections and a pool for what waits.
#include "latchkey/adapters/beast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <stdexcept>
#include <thread>

#include "tests/support/auth_fixture.h"
#include "tests/support/device_browser.h"

namespace latchkey::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Request = http::request<http::string_body>;
using Response = BeastAuth::Response;

Request request_of(const Ask& ask) {
  Request request;
  request.method_string(ask.method);
  request.target(ask.target);
  request.version(11);
  for (const auto& [name, value] : ask.headers) request.insert(name, value);
  return request;
}

void say_hello(const Request&, Response& response, AuthSession& session) {
  response.body() = session ? "Hello" : "Who are you?";
}

class BeastTest : public AuthFixture {
 protected:
  void serve(AuthOptions options) {
    auth_ = open(std::move(options));
    beast_.emplace(*auth_, pool_.get_executor());
  }
  // run waits for a coroutine on this thread, and throws what it throws.
  template <class Value>
  Value run(asio::awaitable<Value> coroutine) {
    std::optional<Value> value;
    std::exception_ptr thrown;
    const auto keep = [&]() -> asio::awaitable<void> {
      value.emplace(co_await std::move(coroutine));
    };
    asio::co_spawn(loop_, keep, [&](std::exception_ptr error) { thrown = error; });
    loop_.run();
    loop_.restart();
    if (thrown) std::rethrow_exception(thrown);
    return *std::move(value);
  }
  template <class Handle>
  Response answer(const Ask& ask, const Handle& handle) {
    const Request request = request_of(ask);
    return run(beast_->answer(request, ask.peer, handle));
  }
  // sign_up goes through a handler that is a coroutine, and returns the cookie.
  std::string sign_up() {
    const auto response = answer(
        form(), [&](const Request&, Response& out, AuthSession& session) -> asio::awaitable<void> {
          const auto outcome = co_await beast_->wait([&] {
            return session.sign_up({"ann", kPassword});
          });
          if (outcome && *outcome == Rejection::none) see_other(out, "/");
        });
    EXPECT_EQ(response.result(), http::status::see_other);
    const std::string line(response[http::field::set_cookie]);
    return line.substr(0, line.find(';'));
  }

  asio::io_context loop_{1};
  asio::thread_pool pool_{1};
  std::unique_ptr<Auth> auth_;
  std::optional<BeastAuth> beast_;
};

TEST_F(BeastTest, ACoroutineStaysOnItsThreadAndWaitsOnThePool) {
  serve(usual());
  const std::thread::id here = std::this_thread::get_id();
  std::thread::id before, waited, after;
  const auto response =
      answer(page(), [&](const Request&, Response& out, AuthSession&) -> asio::awaitable<void> {
        before = std::this_thread::get_id();
        const int given = co_await beast_->wait([&] {
          waited = std::this_thread::get_id();
          return 7;
        });
        after = std::this_thread::get_id();
        out.body() = std::to_string(given);
      });
  EXPECT_EQ(response.body(), "7");
  EXPECT_EQ(before, here);
  EXPECT_EQ(after, here);
  EXPECT_NE(waited, here);
  EXPECT_NE(waited, std::thread::id{});
}

TEST_F(BeastTest, APlainHandlerRunsOnThePool) {
  serve(usual());
  std::thread::id ran;
  answer(page(),
         [&](const Request&, Response&, AuthSession&) { ran = std::this_thread::get_id(); });
  EXPECT_NE(ran, std::this_thread::get_id());
}

TEST_F(BeastTest, WhatASignUpOpensIsThereForTheNextRequest) {
  serve(usual());
  const std::string cookie = sign_up();
  EXPECT_THAT(cookie, ::testing::StartsWith("session-8080="));
  EXPECT_EQ(answer(page().with("Cookie", cookie), say_hello).body(), "Hello");
  EXPECT_EQ(answer(page(), say_hello).body(), "Who are you?");
}

TEST_F(BeastTest, R162ABrowserBindsItsSessionByTheTwoRoutes) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  options.device_binding.mode = DeviceBinding::prefer;
  serve(std::move(options));
  const auto ours = [](Ask ask) {
    return std::move(ask).with("Origin", "https://app.example.com");
  };
  const auto entered =
      answer(ours(form()), [](const Request&, Response& response, AuthSession& session) {
        if (session.sign_up({"ann", kPassword})) see_other(response, "/");
      });
  const std::string offer(entered["Secure-Session-Registration"]);
  const std::size_t from = offer.find("challenge=\"") + 11;
  const std::string line(entered[http::field::set_cookie]);
  const DeviceBrowser browser = DeviceBrowser::elliptic();
  const Ask proving =
      ours(form())
          .with("Cookie", line.substr(0, line.find(';')))
          .with("Secure-Session-Response",
                browser.registration(offer.substr(from, offer.find('"', from) - from)));
  const Request binding = request_of(proving);
  const auto bound = run(beast_->answer(
      binding, proving.peer,
      [](const Request&, Response& response, AuthSession& session) {
        answer_device(response, session, session.register_device());
      },
      kDeviceRoute));
  EXPECT_EQ(bound.result(), http::status::ok) << bound.body();
  EXPECT_EQ(bound[http::field::content_type], "application/json");
  EXPECT_THAT(std::string(bound[http::field::set_cookie]),
              ::testing::StartsWith("__Host-session-bound="));
  const Request bare = request_of(ours(form()).to("/device/refresh"));
  const auto refused = run(beast_->answer(
      bare, "127.0.0.1",
      [](const Request&, Response& response, AuthSession& session) {
        answer_device(response, session, session.refresh_device());
      },
      kDeviceRoute));
  EXPECT_EQ(refused.result(), http::status::bad_request);
  EXPECT_EQ(refused[http::field::content_type], "application/problem+json");
}

// remote_store: what is not in this process is asked for on the pool.
TEST_F(BeastTest, ASessionThatOnlyTheStoreKnowsIsWaitedForOnThePool) {
  AuthOptions options = usual();
  options.remote_store = true;
  serve(std::move(options));
  const std::string cookie = sign_up();
  const Ask ask = page().with("Cookie", cookie);
  const Request request = request_of(ask);
  std::thread::id asked;
  failing_at_ = [&](StoreCall call) {
    if (call == StoreCall::find) asked = std::this_thread::get_id();
    return false;
  };
  const auto session = run(beast_->begin(request, ask.peer));
  ASSERT_TRUE(session);
  EXPECT_TRUE(*session);
  EXPECT_NE(asked, std::thread::id{});
  EXPECT_NE(asked, std::this_thread::get_id());
}

TEST_F(BeastTest, R28AFailedStoreIs503AndKeepsTheCookie) {
  serve(usual());
  const std::string cookie = sign_up();
  all_fail_ = true;
  bool ran = false;
  const auto coroutine = [&](const Request&, Response&, AuthSession&) -> asio::awaitable<void> {
    ran = true;
    co_return;
  };
  const auto response = answer(page().with("Cookie", cookie), coroutine);
  EXPECT_EQ(response.result_int(), 503U);
  EXPECT_EQ(response.count(http::field::set_cookie), 0U);
  EXPECT_FALSE(ran);
}

TEST_F(BeastTest, AChangeThatCannotBeKeptIsAnsweredInPlaceOfTheHandlersAnswer) {
  serve(usual());
  const std::string cookie = sign_up();
  const auto change = [&](const Request&, Response& out,
                          AuthSession& session) -> asio::awaitable<void> {
    EXPECT_TRUE(session.set_text("theme", "dark"));
    EXPECT_TRUE(session.has_changes());
    out.body() = "saved";
    co_return;
  };
  const Ask ask = script("POST").with("Cookie", cookie);
  failing_ = StoreCall::replace;
  const auto lost = answer(ask, change);
  EXPECT_EQ(lost.result_int(), 503U);
  EXPECT_THAT(lost.body(), ::testing::Not(::testing::HasSubstr("saved")));
  failing_.reset();
  EXPECT_EQ(answer(ask, change).body(), "saved");
  const Ask again = page().with("Cookie", cookie);
  const Request request = request_of(again);
  const auto session = run(beast_->begin(request, again.peer));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->attribute("theme"), "\"dark\"");
  EXPECT_FALSE(session->has_changes());
}

TEST_F(BeastTest, AFailedCallWithoutAnAnswerIsAnsweredFor) {
  serve(usual());
  failing_ = StoreCall::find_username;
  const auto response =
      answer(form(), [&](const Request&, Response&, AuthSession& session) -> asio::awaitable<void> {
        const auto outcome = co_await beast_->wait([&] {
          return session.log_in({"ann", kPassword});
        });
        EXPECT_FALSE(outcome);
      });
  EXPECT_EQ(response.result_int(), 503U);
}

TEST_F(BeastTest, R50AForeignPageReachesNoHandler) {
  serve(usual());
  bool ran = false;
  const auto response =
      answer(form().with("Origin", "https://evil.example"),
             [&](const Request&, Response&, AuthSession&) -> asio::awaitable<void> {
               ran = true;
               co_return;
             });
  EXPECT_EQ(response.result_int(), 403U);
  EXPECT_FALSE(ran);
}

TEST_F(BeastTest, WhatAHandlerOrACallThrowsComesOut) {
  serve(usual());
  const auto plain = [](const Request&, Response&, AuthSession&) {
    throw std::runtime_error("plain");
  };
  EXPECT_THROW(answer(page(), plain), std::runtime_error);
  const auto waiting = [&](const Request&, Response&, AuthSession&) -> asio::awaitable<void> {
    co_await beast_->wait([]() -> int { throw std::runtime_error("on the pool"); });
  };
  EXPECT_THROW(answer(page(), waiting), std::runtime_error);
}

}  // namespace
}  // namespace latchkey::testing
