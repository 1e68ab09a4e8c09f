// The commands of an operator beside two servers on one PostgreSQL database.
#include <gtest/gtest.h>

#include "tests/cli/operator_walk.h"
#include "tests/postgres/cluster.h"

namespace latchkey::testing {
namespace {

TEST(PostgresOperator, R25IsSeenByTwoServers) {
  const TempDirectory directory;
  const std::vector<std::string> store{"--store", cluster().new_schema_url()};
  std::vector<std::string> flags = store;
  // A loaded machine keeps it, too.
  flags.insert(flags.end(), {"--set", "store.read_timeout=20s"});
  const Server first(directory.path() + "/one", flags), second(directory.path() + "/two", flags);
  ASSERT_TRUE(first.ready() && second.ready());
  walk_operator(store, first, second);
}

}  // namespace
}  // namespace latchkey::testing
