// A process that forks with everything open (F11): sessions and accounts over memory, a look-up
// queue and a near cache.
#include <gtest/gtest.h>

#include <thread>

#include "latchkey/accounts.h"
#include "latchkey/lookup.h"
#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "tests/support/forked.h"

namespace latchkey {
namespace {

using testing::in_child;
using testing::refuses;

struct Everything {
  std::unique_ptr<Store> store = std::move(*make_memory_store());
  std::unique_ptr<Lookup> lookup = make_lookup(*store);
  std::unique_ptr<NearCache> cache = make_near_cache(*lookup, {});
  std::unique_ptr<Sessions> sessions = std::move(*Sessions::open(*cache, {}));
  std::unique_ptr<Accounts> accounts = std::move(*Accounts::open(*cache, *sessions, {}));

  void destroy() {
    accounts.reset();
    sessions.reset();
    cache.reset();
    lookup.reset();
    store.reset();
  }
};

TEST(Fork, F11SessionsAndAccountsAreRefusedInAChildAndEndThere) {
  Everything all;
  const Credentials ann{"ann", "correct horse battery"};
  auto made = all.accounts->sign_up(ann, {});
  ASSERT_TRUE(made && made->session);
  const std::string token{made->session->token.reveal()};
  ASSERT_TRUE(all.sessions->validate(token)) << "a copy is in the near cache";
  std::atomic<bool> stop{false};
  std::thread busy([&] {
    while (!stop) (void)all.accounts->log_in({"ann", "a wrong password"}, {});
  });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(in_child([&] {
                const bool refused =
                    refuses(all.sessions->validate(token)) &&
                    refuses(all.sessions->create(made->user->id)) &&
                    refuses(all.sessions->create_guest()) &&
                    refuses(all.sessions->revoke(made->session->record.id)) &&
                    refuses(all.sessions->revoke_user(made->user->id)) &&
                    refuses(all.sessions->list(made->user->id)) &&
                    refuses(all.sessions->update(made->session->record.id, "{}")) &&
                    refuses(all.sessions->touch(made->session->record.id)) &&
                    refuses(all.sessions->prune()) && refuses(all.sessions->flush()) &&
                    refuses(all.accounts->log_in(ann, {})) &&
                    refuses(all.accounts->sign_up({"bob", "correct horse battery"}, {}));
                all.destroy();
                return refused ? 0 : 1;
              }),
              0)
        << "-14: it hung";
  }
  stop = true;
  busy.join();
  EXPECT_EQ(all.sessions->validate(token)->state, SessionState::active);
}

}  // namespace
}  // namespace latchkey
