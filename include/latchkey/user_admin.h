#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/accounts.h"
#include "latchkey/store.h"

// What an administrator may do to users, with nobody logged in.
namespace latchkey {

struct UserAdminOptions {
  PasswordCost cost{};                       // of new hashes: that of the servers
  std::shared_ptr<const Peppers> peppers{};  // those of the servers
  std::string site_name{};                   // AccountsOptions::site_name
  PasswordCheck is_leaked{};                 // AccountsOptions::is_leaked
  bool insecure_cost_for_tests = false;      // allows a cost under the floor
  const Clock* clock = nullptr;              // nullptr: system_clock()
};

// NewUser is a user that was added, or why there is none.
struct NewUser {
  Rejection rejection = Rejection::none;
  std::optional<User> user{};  // set when nothing was rejected
};

// PasswordReset is the outcome of a password set by an operator.
struct PasswordReset {
  Rejection rejection = Rejection::none;
  std::optional<Removed> ended{};  // set when nothing was rejected and there is such a user
};

// ImportOutcome says why a user of another system was not added.
enum class ImportOutcome : std::uint8_t {
  added,
  already_there,  // this very user: an import that is run again goes on
  username_invalid,
  username_taken,
  user_id_taken,
  no_password_hash,
  hash_unsupported,    // log-in could not check it, or it asks for too much: docs/import.md
  attributes_invalid,  // no JSON object, or over kMaxAttributesBytes
};
std::string_view import_outcome_name(ImportOutcome outcome) noexcept;

// UserAdmin does what an operator may do to users, with nobody logged in. It changes the store
// alone, so it works beside running servers, and they see every change as they see each other's.
//
//   auto admin = latchkey::UserAdmin::make(auth.store(), {});
//   if (!admin) return fail(admin.error().detail);
//   auto user = admin->find("ada@example.com");
//   if (!user) return fail(user.error().detail);  // the store failed
//   if (*user && !admin->disable((*user)->user.id)) return fail("not disabled");
//
// Thread-safe. All calls but `make` block. Each call that ends sessions also ends log-ins under
// way. Of what they return, nothing means that there is no such user, and that nothing changed.
class UserAdmin {
 public:
  // make refuses a cost that Accounts would refuse, with bad_config. `store` outlives the result.
  static Result<UserAdmin> make(Store& store, const UserAdminOptions& options);

  // add makes a user without a session, by the rules of sign-up. Hashes on this thread.
  Result<NewUser> add(const Credentials& credentials);
  // import adds a user with a password hash that log-in can check. An empty id draws one, and
  // created_at 0 is now; username_key is made here.
  Result<ImportOutcome> import(StoredUser user);
  // check_import changes nothing and returns what import would.
  Result<ImportOutcome> check_import(StoredUser user);
  // find looks up a user by name, as log-in would.
  Result<std::optional<StoredUser>> find(std::string_view username);
  Result<std::optional<StoredUser>> find(const UserId& id);
  // list pages through all users: UserStore::list_users.
  Result<UserPage> list(const std::string& after, std::size_t limit);

  // set_password needs no current password, and ends every session. The new one is judged by the
  // rules of sign-up. Hashes on this thread.
  Result<PasswordReset> set_password(const UserId& id, std::string_view password);
  // disable ends every session and lets nobody log in as this user.
  Result<std::optional<Removed>> disable(const UserId& id);
  // enable undoes disable. No session from before comes back. A user who is not disabled keeps
  // theirs.
  Result<std::optional<Removed>> enable(const UserId& id);
  // remove deletes the user and ends every session. The name is free again.
  Result<std::optional<Removed>> remove(const UserId& id);
  // end_sessions ends every session, and does so too where only the application knows the user.
  Result<Removed> end_sessions(const UserId& id);

 private:
  UserAdmin(Store& store, const UserAdminOptions& options) : store_(&store), options_(options) {}
  UnixTime now() const noexcept;
  // note writes events of what an operator has done.
  void note(std::vector<Event> events);
  // prepare makes what is stored of `user`; anything but added: it cannot be. judge then looks for
  // a clash, too.
  ImportOutcome prepare(StoredUser& user) const;
  Result<ImportOutcome> judge(StoredUser& user);
  // find_clash returns why `user` cannot be added; nothing: name and id are free.
  Result<std::optional<ImportOutcome>> find_clash(const StoredUser& user);

  Store* store_;
  UserAdminOptions options_;
};

}  // namespace latchkey
