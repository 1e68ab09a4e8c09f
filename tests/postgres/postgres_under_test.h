#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "latchkey/postgres.h"
#include "tests/postgres/cluster.h"

namespace latchkey::testing {

// patient_options have deadlines that a loaded machine keeps, too.
inline PostgresOptions patient_options(const std::string& url) {
  return {.url = url,
          .read_timeout = std::chrono::seconds{20},
          .write_timeout = std::chrono::seconds{20},
          .connect_timeout = std::chrono::seconds{20}};
}

inline std::unique_ptr<Store> open_or_fail(const PostgresOptions& options) {
  auto store = open_postgres(options);
  EXPECT_TRUE(store) << store.error().detail << "\nthe server's log: " << cluster().log();
  return store ? std::move(*store) : nullptr;
}

// open_error returns why a store cannot be opened.
inline Error open_error(const PostgresOptions& options) {
  const auto store = open_postgres(options);
  EXPECT_FALSE(store);
  return store ? Error{Errc::conflict, "it was opened"} : store.error();
}

}  // namespace latchkey::testing
