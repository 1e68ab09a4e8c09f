#pragma once

#include <string>

#include "latchkey/store.h"
#include "store/sqlite/file/file.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteUsers keeps users in latchkey_users and epochs in latchkey_user_epochs. A user id without a
// row is fine everywhere but here: applications may own their users.
class SqliteUsers final : public UserStore, public EpochStore {
 public:
  SqliteUsers(ReaderPool& readers, Writer& writer) : readers_(readers), writer_(writer) {}

  Result<bool> add_user(const StoredUser& user) override;
  Result<std::optional<StoredUser>> find_user(const UserId& id) override;
  Result<std::optional<StoredUser>> find_username(std::string_view username_key) override;
  Result<SetPasswordOutcome> set_password(const SetPassword& change) override;
  Result<bool> upgrade_hash(const UserId& id, const std::string& expected_hash,
                            const std::string& new_hash) override;
  Result<bool> set_attributes(const UserId& id, const std::string& expected,
                              const std::string& attributes) override;
  Result<bool> set_disabled(const UserId& id, bool disabled) override;
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override;
  Result<UserPage> list_users(const std::string& after, std::size_t limit) override;
  Result<std::int64_t> user_epoch(const UserId& user) override;

 private:
  Result<std::optional<StoredUser>> find(Sql sql, std::string_view key);

  ReaderPool& readers_;
  Writer& writer_;
};

// SqliteMeta answers for the database as a whole.
class SqliteMeta final : public MetaStore {
 public:
  SqliteMeta(ReaderPool& readers, const FileGuard& guard, StoreMeta meta)
      : readers_(readers), guard_(guard), meta_(std::move(meta)) {}
  Result<StoreMeta> meta() override;
  Result<void> check() override;

 private:
  ReaderPool& readers_;
  const FileGuard& guard_;
  const StoreMeta meta_;
};

}  // namespace latchkey::sqlite
