#include "latchkey/open_store.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "store/postgres/wire/errors.h"
#include "store/redis/wire/errors.h"
#include "store/store_url.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_directory.h"

namespace latchkey {
namespace {

Error error_of(std::string_view url, const OpenStoreOptions& options = {}) {
  const Result<std::unique_ptr<Store>> opened = open_store(url, options);
  EXPECT_FALSE(opened) << url;
  return opened ? Error{Errc::conflict, "it was opened"} : opened.error();
}

TEST(OpenStore, APathAndASqliteUrlNameTheSameFile) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/sessions.db";
  std::string instance;
  {
    const auto made = open_store(path);
    ASSERT_TRUE(made) << made.error().detail;
    instance = (*made)->meta().meta()->instance;
  }
  const auto again = open_store("sqlite:" + path, {.create = false, .expected_instance = instance});
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ((*again)->meta().meta()->instance, instance);
}

TEST(OpenStore, NothingIsMadeUnlessAskedTo) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/sessions.db";
  EXPECT_EQ(error_of(path, {.create = false}).code, Errc::store_unavailable);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(OpenStore, AnotherInstanceIsRefused) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/sessions.db";
  ASSERT_TRUE(open_store(path));
  EXPECT_EQ(error_of(path, {.expected_instance = "another"}).code, Errc::store_mismatch);
  EXPECT_EQ(error_of("memory:", {.expected_instance = "any"}).code, Errc::store_mismatch);
}

TEST(OpenStore, MemoryIsOpenedByItsScheme) {
  const auto opened = open_store("memory:");
  ASSERT_TRUE(opened);
  EXPECT_FALSE((*opened)->meta().meta()->instance.empty());
  EXPECT_EQ(error_of("memory:x").code, Errc::bad_config);
}

TEST(OpenStore, AnUnknownSchemeIsRefusedAndTheUrlIsNotRepeated) {
  const Error error = error_of("mongodb://user:hunter2@db.example/sessions");
  EXPECT_EQ(error.code, Errc::bad_config);
  EXPECT_EQ(error.detail.find("hunter2"), std::string::npos);
  EXPECT_NE(error.detail.find("sqlite:"), std::string::npos) << error.detail;
  EXPECT_EQ(error_of("").code, Errc::bad_config);
}

TEST(OpenStore, F8WhatNamesNoStoreIsRefusedAndNothingIsMade) {
  const testing::TempDirectory directory;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  for (const char* text : {"redis", "$REDIS_URL", "sqlite:$REDIS_URL", "undefined",
                           "sqlite:undefined", "host=127.0.0.1 dbname=x password=y", "127.0.0.1",
                           "db.example.com", "REDIS://h", "sqlite:a.db?mode=ro", "data\\a.db"}) {
    EXPECT_EQ(error_of(text).code, Errc::bad_config) << text;
  }
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

// A URL that its engine refuses for a reason of its own got there.
TEST(OpenStore, EverySchemeThatIsRecognisedHasAnEngine) {
  for (const char* url : {"postgres://h/?pool=0", "postgresql://h/?pool=0", "redis://", "rediss://",
                          "redis+unix://", "redis+cluster://", "rediss+cluster://"}) {
    ASSERT_TRUE(parse_store_url(url)) << url;
    const Error error = error_of(url);
    EXPECT_EQ(error.code, Errc::bad_config) << url;
    EXPECT_EQ(error.detail.find("lacks that engine"), std::string::npos) << url;
  }
}

TEST(OpenStore, F7AStoreThatIsNotUpMayComeUp) {
  const std::string nobody = "127.0.0.1:" + std::to_string(testing::free_port());
  for (const std::string& url :
       {"redis://" + nobody, "redis+cluster://" + nobody, "postgres://ann@" + nobody + "/app",
        std::string{"redis+unix:///no/such/socket"}, std::string{"redis://no-such-host.invalid"}}) {
    const Error error = error_of(url);
    EXPECT_TRUE(may_come_up(error)) << url << ": " << error.detail;
  }
}

TEST(OpenStore, F7AStoreThatRefusesOrIsNoneDoesNotComeUpByItself) {
  for (const std::string_view url : {"mysql://h", "redis://h/x"}) {
    EXPECT_FALSE(may_come_up(error_of(url))) << url;
  }
  EXPECT_FALSE(may_come_up({Errc::store_mismatch, "Redis holds another store"}));
  EXPECT_FALSE(may_come_up(redis::to_error(
      {.kind = redis::Reply::Kind::error, .text = "WRONGPASS invalid username-password pair"})));
  for (const char* state : {"28P01", "28000", "3D000", "LK002", "26000", "42601"}) {
    EXPECT_FALSE(may_come_up(postgres::to_error(state))) << state;
    EXPECT_FALSE(may_come_up(postgres::unconnected(state, "FATAL: x"))) << state;
  }
  for (const char* state : {"57P03", "57P01", "53300", "08006", "40001"}) {
    EXPECT_TRUE(may_come_up(postgres::to_error(state))) << state;
    EXPECT_TRUE(may_come_up(postgres::unconnected(state, "FATAL: x"))) << state;
  }
  const Error wrapped{
      Errc::store_unavailable,
      "the redis store of store.url cannot be opened (" +
          redis::to_error({.kind = redis::Reply::Kind::error, .text = "NOAUTH x"}).detail + ")"};
  EXPECT_FALSE(may_come_up(wrapped)) << "whatever words are put around it";
  EXPECT_TRUE(may_come_up(postgres::unconnected("", "Connection refused")));
  EXPECT_FALSE(may_come_up(postgres::unconnected("", "server does not support SSL, but ...")));
}

}  // namespace
}  // namespace latchkey
