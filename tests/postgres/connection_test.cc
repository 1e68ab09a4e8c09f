// One connection, without a store.
#include "store/postgres/wire/connection.h"

#include <gtest/gtest.h>

#include "tests/postgres/cluster.h"

namespace latchkey::postgres {
namespace {

constexpr Millis kPatience = std::chrono::seconds{20};

std::unique_ptr<Connection> connect() {
  const Result<Target> target = parse_target(testing::cluster().url());
  auto opened = Connection::open(*target, nullptr, after(kPatience));
  EXPECT_TRUE(opened) << opened.error().detail;
  return opened ? *std::move(opened) : nullptr;
}

// A server tells a connection of its own notification in front of the end of the answer.
TEST(PostgresConnection, ANotificationThatCameBesideAnAnswerIsNotWaitedFor) {
  const auto connection = connect();
  ASSERT_TRUE(connection->run_text("LISTEN news", Params(), after(kPatience)));
  ASSERT_TRUE(connection->run_text("SELECT pg_notify('news','first'),pg_notify('news','second')",
                                   Params(), after(kPatience)));
  const Deadline over{};
  for (const char* payload : {"first", "second"}) {
    const auto news = connection->wait_for_notification(-1, over);
    ASSERT_TRUE(news && *news) << "nothing more will come over the socket";
    EXPECT_EQ(**news, payload);
  }
  const auto no_more = connection->wait_for_notification(-1, over);
  EXPECT_TRUE(no_more && !*no_more);
}

TEST(PostgresConnection, ANotificationIsWaitedForUntilItComes) {
  const auto listening = connect();
  const auto telling = connect();
  ASSERT_TRUE(listening->run_text("LISTEN later", Params(), after(kPatience)));
  ASSERT_TRUE(telling->run_text("SELECT pg_notify('later','now')", Params(), after(kPatience)));
  const auto news = listening->wait_for_notification(-1, after(kPatience));
  ASSERT_TRUE(news && *news);
  EXPECT_EQ(**news, "now");
}

}  // namespace
}  // namespace latchkey::postgres
