#include <gtest/gtest.h>

#include <set>

#include "latchkey/result.h"

namespace latchkey {
namespace {

TEST(Error, EveryCodeHasItsOwnNameAndAnErrorStatus) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Errc::bad_config); ++i) {
    const auto code = static_cast<Errc>(i);
    EXPECT_TRUE(names.insert(error_name(code)).second) << error_name(code);
    EXPECT_GE(error_http_status(code), 400) << error_name(code);
  }
}

TEST(Error, AFailingStoreIsAlways503) {
  for (Errc code : {Errc::store_unavailable, Errc::store_busy, Errc::store_read_only,
                    Errc::store_damaged, Errc::sqlite_shared, Errc::store_mismatch}) {
    EXPECT_EQ(error_http_status(code), 503) << error_name(code);
  }
}

TEST(Error, TheseMaySucceedWhenTriedAgainAndNoOthers) {
  const std::set<Errc> retryable{
      Errc::store_unavailable, Errc::store_busy,   Errc::store_read_only, Errc::entropy_unavailable,
      Errc::overloaded,        Errc::rate_limited, Errc::conflict,        Errc::user_changed,
      Errc::would_wait};
  for (int i = 0; i <= static_cast<int>(Errc::bad_config); ++i) {
    const auto code = static_cast<Errc>(i);
    EXPECT_EQ(error_retryable(code), retryable.contains(code)) << error_name(code);
  }
}

TEST(Result, HoldsAValueOrAnError) {
  Result<int> value = 7;
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 7);
  Result<int> error = Error{Errc::conflict, "lost"};
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, Errc::conflict);
  EXPECT_EQ(error.error().detail, "lost");
}

TEST(Result, OfVoidIsSuccessUntilGivenAnError) {
  Result<void> fine;
  EXPECT_TRUE(fine);
  fine = Error{Errc::store_busy, ""};
  EXPECT_FALSE(fine);
}

}  // namespace
}  // namespace latchkey
