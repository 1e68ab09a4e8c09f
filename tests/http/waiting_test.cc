// What an event loop may answer, and what it leaves to a worker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

class Waiting : public ::testing::Test {
 protected:
  void open(bool remote) {
    AuthOptions options = site_.auth->options();
    options.remote_store = remote;
    if (remote) options.near_cache = NearCacheOptions{};
    site_.open(std::move(options));
    browser_.emplace(site_);
    browser_->sign_up("ada");
    line_ = site_.sessions->options().cookie.name + "=" + browser_->cookie;
  }
  http::Request get(std::string_view path) {
    headers_ = {{"Cookie", line_}};
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.headers = headers_;
    request.peer_address = "192.0.2.7";
    return request;
  }
  static bool waits(const http::Attempt& attempt) {
    return std::holds_alternative<std::unique_ptr<http::Later>>(attempt);
  }

  Site site_;
  std::optional<Browser> browser_;
  std::string line_;
  std::vector<http::Header> headers_;
};

TEST_F(Waiting, ARemoteStoreIsWaitedForByAWorkerAndACopyByNobody) {
  open(true);
  for (const auto* path : {"/v1/session", "/", "/training", "/nothing"}) {
    const http::Request request = get(path);
    EXPECT_EQ(site_.service->lane(request), http::Lane::inline_read) << path;
    site_.open(site_.auth->options());  // without copies again
    const http::Attempt first = site_.service->try_handle(request);
    ASSERT_TRUE(waits(first)) << path;
    const http::Response later = std::get<1>(first)->finish();
    const http::Attempt second = site_.service->try_handle(request);
    ASSERT_FALSE(waits(second)) << path;
    EXPECT_EQ(std::get<0>(second).body, later.body);
    EXPECT_EQ(std::get<0>(second).status, later.status);
  }
}

TEST_F(Waiting, ListsAskTheStoreSoThatAWorkerMakesThemWhenItIsRemote) {
  open(false);
  EXPECT_EQ(site_.service->lane(get("/v1/sessions")), http::Lane::inline_read);
  EXPECT_EQ(site_.service->lane(get("/sessions")), http::Lane::blocking) << "it lists events";
  open(true);
  EXPECT_EQ(site_.service->lane(get("/v1/sessions")), http::Lane::blocking);
  EXPECT_EQ(site_.service->lane(get("/sessions")), http::Lane::blocking);
}

TEST_F(Waiting, AStoreInThisProcessIsAnsweredFromAtOnce) {
  open(false);
  for (const auto* path : {"/v1/session", "/v1/sessions", "/", "/training", "/livez"}) {
    const http::Attempt attempt = site_.service->try_handle(get(path));
    ASSERT_FALSE(waits(attempt)) << path;
    EXPECT_EQ(std::get<0>(attempt).status, 200) << path;
  }
}

}  // namespace
}  // namespace latchkey::testing
