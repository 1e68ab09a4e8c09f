// Many threads on one service, for the thread sanitizer and for outcomes nobody may get.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

TEST(Parallel, EveryRequestGetsOneOfItsOwnAnswers) {
  Site site;
  Browser(site).sign_up("ada");
  std::atomic<int> odd{0};
  const auto expect = [&](const http::Response& response, std::initializer_list<int> allowed) {
    for (const int status : allowed) {
      if (response.status == status) return;
    }
    ++odd;
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      Browser browser(site);
      for (int round = 0; round < 25; ++round) {
        expect(browser.log_in("ada"), {200});
        expect(browser.get("/v1/session"), {200, 401});
        expect(browser.get("/sessions"), {200, 303});
        expect(browser.send("POST", "/v1/session/refresh"), {200, 401});
        if (thread == 0) expect(browser.send("DELETE", "/v1/sessions?scope=others"), {200, 401});
        expect(browser.send("POST", "/v1/logout"), {204});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(odd, 0);
}

TEST(Parallel, OneNameIsSignedUpOnce) {
  Site site;
  std::atomic<int> created{0};
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      const int status = Browser(site).sign_up("ada").status;
      if (status == 201) ++created;
      if (status == 409) ++taken;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(taken, 7);
}

TEST(Parallel, R20ALogoutIsSeenByEveryRequestAfterIt) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  ASSERT_EQ(browser.send("POST", "/v1/logout").status, 204);
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      Browser replay(site);
      replay.cookie = token;
      if (replay.get("/v1/session").status == 401) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 8);
}

}  // namespace
}  // namespace latchkey::testing
