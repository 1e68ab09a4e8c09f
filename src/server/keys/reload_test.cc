#include "server/keys/reload.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/log.h"
#include "latchkey/memory.h"
#include "server/keys/file.h"
#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

std::string g_events;

void keep_event(LogLevel, std::string_view event, std::initializer_list<LogField>) {
  g_events.append(event).append(" ");
}

class KeyReloadTest : public ::testing::Test {
 protected:
  KeyReloadTest()
      : first_(write("mine")),
        reload_(read_key_file_again(path(), "mine"), *read_key_file(path())->ring()) {
    reload_.look(false);
  }
  std::string path() const { return directory_.path() + "/latchkey.key"; }
  // write makes a file with a new key and returns the key's id.
  std::string write(const std::string& instance) const {
    const auto file = make_key_file(instance, system_clock().now(), system_entropy());
    EXPECT_TRUE(write_key_file(path(), *file));
    return file->keys.front().id;
  }
  bool has(const std::string& id) const { return reload_.keys()->get()->find(id) != nullptr; }

  testing::TempDirectory directory_;
  std::string first_;
  KeyReload reload_;
};

TEST_F(KeyReloadTest, TakesAChangedFileAtTheNextLook) {
  const std::string second = write("mine");
  EXPECT_FALSE(has(second));
  reload_.look(false);
  EXPECT_TRUE(has(second));
  EXPECT_FALSE(has(first_));
}

TEST_F(KeyReloadTest, KeepsTheOldKeysWhenTheFileIsRefused) {
  std::ofstream(path()) << "version = 1\n";
  reload_.look(false);
  EXPECT_TRUE(has(first_));
  const std::string open_to_all = write("mine");
  ::chmod(path().c_str(), 0644);
  reload_.look(true);
  EXPECT_TRUE(has(first_));
  ::chmod(path().c_str(), 0600);
  reload_.look(false);
  EXPECT_TRUE(has(open_to_all));
}

// The first look after a start reads the file that the start has read.
TEST_F(KeyReloadTest, IsSilentWithoutAChange) {
  KeyReload reload(read_key_file_again(path(), "mine"), *read_key_file(path())->ring());
  g_events.clear();
  set_log_sink(&keep_event);
  reload.look(false);
  ::utimensat(AT_FDCWD, path().c_str(), nullptr, 0);  // touched, not changed
  reload.look(false);
  EXPECT_EQ(g_events, "");
  reload.look(true);
  EXPECT_EQ(g_events, "keys_unchanged ") << "whoever sent SIGHUP hears that it arrived";
  write("mine");
  reload.look(false);
  EXPECT_EQ(g_events, "keys_unchanged keys_loaded ");
  set_log_sink(nullptr);
}

TEST_F(KeyReloadTest, TakesKeysThatWereChangedInTheStore) {
  const auto store = std::move(*make_memory_store());
  const auto put = [&](std::int64_t version) {
    std::vector<Key> keys;
    const UnixTime now = system_clock().now();
    keys.push_back(*generate_key(KeyState::primary, now, now));
    const std::string id = keys.front().id;
    EXPECT_TRUE(*store->keys().put_keys(keys, version));
    return id;
  };
  const std::string one = put(0);
  KeyReload reload(read_stored_keys(store->keys()), reload_.keys()->get());
  reload.look(false);
  const auto ring = reload.keys()->get();
  EXPECT_NE(ring->find(one), nullptr);
  reload.look(false);
  EXPECT_EQ(reload.keys()->get(), ring) << "nothing changed";
  const std::string two = put(1);
  reload.look(false);
  EXPECT_NE(reload.keys()->get()->find(two), nullptr);
  EXPECT_EQ(reload.keys()->get()->find(one), nullptr);
}

// Broken is a store of keys that does not answer.
struct Broken final : KeyStore {
  Result<StoredKeys> keys() override { return Error{Errc::store_unavailable, "away"}; }
  Result<bool> put_keys(std::span<const Key>, std::int64_t) override {
    return Error{Errc::store_unavailable, "away"};
  }
};

TEST_F(KeyReloadTest, KeepsTheOldKeysWhileTheStoreDoesNotAnswer) {
  Broken broken;
  KeyReload reload(read_stored_keys(broken), reload_.keys()->get());
  g_events.clear();
  set_log_sink(&keep_event);
  reload.look(false);
  set_log_sink(nullptr);
  EXPECT_EQ(g_events, "keys_refused ");
  EXPECT_NE(reload.keys()->get()->find(first_), nullptr);
}

TEST_F(KeyReloadTest, LooksAtKeysOfTheStoreThatAreTheSameOnlyIfAsked) {
  const auto store = std::move(*make_memory_store());
  EXPECT_TRUE(*store->keys().put_keys(read_key_file(path())->keys, 0));
  KeyReload reload(read_stored_keys(store->keys()), reload_.keys()->get());
  reload.look(false);
  g_events.clear();
  set_log_sink(&keep_event);
  reload.look(false);
  EXPECT_EQ(g_events, "");
  reload.look(true);
  EXPECT_EQ(g_events, "keys_unchanged ");
  set_log_sink(nullptr);
}

// A rotation that uses a prepared key changes nothing but when it writes.
TEST_F(KeyReloadTest, EachMemberOfAKeyIsCompared) {
  const UnixTime now = system_clock().now();
  const auto after = [&](const auto& change) {
    KeyFile file = *read_key_file(path());
    change(file.keys);
    EXPECT_TRUE(write_key_file(path(), file));
    g_events.clear();
    set_log_sink(&keep_event);
    reload_.look(false);
    set_log_sink(nullptr);
    return g_events;
  };
  using Keys = std::vector<Key>;
  const auto another = [&] { return *generate_key(KeyState::next, now, kNever); };
  EXPECT_EQ(after([](Keys&) {}), "");
  EXPECT_EQ(after([&](Keys& keys) { keys.push_back(another()); }), "keys_loaded ");
  EXPECT_EQ(after([&](Keys& keys) { keys[1].activates_at = now; }), "keys_loaded ");
  EXPECT_EQ(after([](Keys& keys) { keys[1].state = KeyState::read_only; }), "keys_loaded ");
  EXPECT_EQ(after([](Keys& keys) { keys[1].created_at += Millis{1}; }), "keys_loaded ");
  EXPECT_EQ(after([&](Keys& keys) { keys[1].id = another().id; }), "keys_loaded ");
  EXPECT_EQ(after([&](Keys& keys) { keys[1].secret = std::move(another().secret); }),
            "keys_loaded ");
}

TEST_F(KeyReloadTest, KeepsTheOldKeysWhenTheFileIsGoneOrOfAnotherStore) {
  const std::string foreign = write("another");
  reload_.look(true);
  EXPECT_FALSE(has(foreign));
  ::unlink(path().c_str());
  reload_.look(true);
  EXPECT_TRUE(has(first_));
}

}  // namespace
}  // namespace latchkey::server
