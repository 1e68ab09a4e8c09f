#pragma once

#include <algorithm>
#include <set>

#include "latchkey/store/scan_store.h"
#include "latchkey/testing/store_fixture.h"

// Conformance: everything in a store can be seen, page by page.
namespace latchkey::testing {

TEST_P(StoreSuite, AScanSeesEveryRowOfAKindPageByPage) {
  ScanStore* scan = data().store().scan();
  if (scan == nullptr) return;  // a store that cannot, or one before another
  std::set<SessionId> ids;
  std::set<UserId> owners;
  for (int i = 0; i < 7; ++i) {
    const StoredUser user = make_user("name-" + std::to_string(i));
    ASSERT_TRUE(must(users().add_user(user)));
    owners.insert(user.user.id);
    ids.insert(add(i == 0 ? UserId{} : user.user.id).id);
    must(sessions().remove_user(next_user(), {.now = kStart, .bump_epoch = true}));
    const Denial denial{"key-" + std::to_string(i), kStart + Millis{i}};
    must(denials().deny({&denial, 1}));
  }
  const SessionRecord ended = add(next_user());
  remove(ended.id);
  for (const std::size_t limit :
       {std::size_t{1}, std::size_t{3}, std::size_t{7}, std::size_t{1000}}) {
    std::set<SessionId> seen;
    std::set<UserId> seen_users;
    std::size_t epochs = 0;
    std::size_t denied = 0;
    for (const ScanKind kind :
         {ScanKind::users, ScanKind::epochs, ScanKind::denials, ScanKind::sessions}) {
      std::string after;
      do {
        const ScanPage page = must(scan->scan(kind, after, limit));
        for (const SessionRecord& record : page.sessions) {
          EXPECT_EQ(look_up(record.id).record, record);
          seen.insert(record.id);
        }
        for (const StoredUser& user : page.users) {
          EXPECT_EQ(must(users().find_user(user.user.id))->password_hash, user.password_hash);
          seen_users.insert(user.user.id);
        }
        for (const UserEpoch& epoch : page.epochs) EXPECT_EQ(epoch.epoch, 1);
        for (const Denial& denial : page.denials) EXPECT_GE(denial.until, kStart);
        epochs += page.epochs.size();
        denied += page.denials.size();
        EXPECT_TRUE(page.next.empty() || page.next != after) << "a page points at itself";
        after = page.next;
      } while (!after.empty());
    }
    EXPECT_EQ(seen, ids) << "pages of " << limit;
    EXPECT_EQ(seen_users, owners) << "pages of " << limit;
    EXPECT_GE(epochs, 7U);
    EXPECT_GE(denied, 7U);
  }
  EXPECT_EQ(scan->scan(ScanKind::users, "", 0).error().code, Errc::invalid_argument);
  EXPECT_EQ(scan->scan(ScanKind::users, "", 1001).error().code, Errc::invalid_argument);
}

}  // namespace latchkey::testing
