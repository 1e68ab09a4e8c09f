#include "store/sqlite/file/descriptors.h"

#include <fcntl.h>

#include "store/sqlite/test_support.h"

namespace latchkey::sqlite {
namespace {

using testing::kHour;
using testing::kNow;
using testing::make_id;
using testing::TempDir;

// OtherCopy stands for another copy of SQLite: a descriptor that ours did not open.
class OtherCopy {
 public:
  explicit OtherCopy(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY)) {}
  ~OtherCopy() { ::close(descriptor_); }
  OtherCopy(const OtherCopy&) = delete;
  OtherCopy& operator=(const OtherCopy&) = delete;

 private:
  int descriptor_;
};

std::unique_ptr<Store> open_store(const std::string& path) {
  Result<std::unique_ptr<Store>> store = open_sqlite({.path = path, .refuse_shared = true});
  EXPECT_TRUE(store) << store.error().detail;
  return *std::move(store);
}

Errc write_error(Store& store, std::uint64_t number) {
  SessionRecord record;
  record.id = make_id(number);
  record.created_at = record.last_seen_at = kNow;
  record.idle_expires_at = record.absolute_expires_at = kNow + kHour;
  Result<InsertOutcome> inserted = store.sessions().insert(record, {.now = kNow});
  return inserted ? Errc::bad_config : inserted.error().code;
}
constexpr Errc kFine = Errc::bad_config;

TEST(SqliteDescriptors, AFileThatAnotherCopyHasOpenIsNotOpened) {
  const TempDir dir;
  open_store(dir.file());
  const OtherCopy other(dir.file());
  Result<std::unique_ptr<Store>> store = open_sqlite({.path = dir.file(), .refuse_shared = true});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::sqlite_shared);
  EXPECT_NE(store.error().detail.find("pass that Database object"), std::string::npos);
}

TEST(SqliteDescriptors, AnotherNameOfTheFileIsTheSameFile) {
  const TempDir dir;
  open_store(dir.file());
  std::filesystem::create_symlink(dir.file(), dir.file("link.db"));
  const OtherCopy other(dir.file("link.db"));
  EXPECT_FALSE(open_sqlite({.path = dir.file(), .refuse_shared = true}));
}

TEST(SqliteDescriptors, NothingIsWrittenWhileAnotherCopyHasTheFileOpen) {
  const TempDir dir;
  std::unique_ptr<Store> store = open_store(dir.file());
  EXPECT_EQ(write_error(*store, 1), kFine);
  {
    const OtherCopy other(dir.file());
    EXPECT_EQ(write_error(*store, 2), Errc::sqlite_shared);
  }
  EXPECT_EQ(write_error(*store, 2), kFine);
}

TEST(SqliteDescriptors, OurOwnConnectionsAreNoOtherCopy) {
  const TempDir dir;
  std::unique_ptr<Store> first = open_store(dir.file());
  std::unique_ptr<Store> second = open_store(dir.file());
  const SessionId id = make_id(1);
  ASSERT_TRUE(second->sessions().find(std::span(&id, 1), {}));
  EXPECT_EQ(write_error(*first, 1), kFine);
  EXPECT_EQ(write_error(*second, 2), kFine);
}

TEST(SqliteDescriptors, AProgramWithOneCopyIsNotAsked) {
  const TempDir dir;
  open_store(dir.file());
  const OtherCopy other(dir.file());
  Result<std::unique_ptr<Store>> store = open_sqlite({.path = dir.file()});
  ASSERT_TRUE(store);
  EXPECT_EQ(write_error(**store, 1), kFine);
}

}  // namespace
}  // namespace latchkey::sqlite
