#include "server/keys/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'763'683'200'250);

class KeyFileTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.path() + "/latchkey.key"; }
  void write(const std::string& text) const {
    std::ofstream(path()) << text;
    ::chmod(path().c_str(), 0600);
  }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path()).rdbuf();
    return all.str();
  }
  std::string error() const {
    const Result<KeyFile> read = read_key_file(path());
    return read ? "" : read.error().detail;
  }

  testing::TempDirectory directory_;
};

TEST_F(KeyFileTest, ReadsWhatWasWritten) {
  Result<KeyFile> made = make_key_file("0123abcd", kNow, system_entropy());
  ASSERT_TRUE(made);
  ASSERT_TRUE(write_key_file(path(), *made));
  const Result<KeyFile> read = read_key_file(path());
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->instance, "0123abcd");
  ASSERT_EQ(read->keys.size(), 1U);
  EXPECT_EQ(read->keys[0].id, made->keys[0].id);
  EXPECT_EQ(read->keys[0].state, KeyState::primary);
  EXPECT_EQ(read->keys[0].secret.size(), 44U);
  EXPECT_EQ(read->keys[0].created_at, kNow);
  EXPECT_EQ(read->keys[0].activates_at, kNow);
  EXPECT_TRUE(equal_ct(read->keys[0].secret.bytes(), made->keys[0].secret.bytes()));
}

TEST_F(KeyFileTest, HoldsARingOfKeys) {
  Result<KeyFile> made = make_key_file("0123abcd", kNow, system_entropy());
  ASSERT_TRUE(made);
  for (const KeyState state : {KeyState::next, KeyState::read_only, KeyState::gone}) {
    Result<KeyFile> more = make_key_file("", kNow, system_entropy());
    ASSERT_TRUE(more);
    more->keys[0].state = state;
    more->keys[0].activates_at = state == KeyState::next ? kNever : kNow - Millis{5};
    if (state == KeyState::gone) more->keys[0].secret = SecretBytes{};
    made->keys.push_back(std::move(more->keys[0]));
  }
  ASSERT_TRUE(write_key_file(path(), *made));
  const Result<KeyFile> read = read_key_file(path());
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->keys.size(), 4U);
  EXPECT_EQ(read->keys[1].state, KeyState::next);
  EXPECT_EQ(read->keys[1].activates_at, kNever);
  EXPECT_EQ(read->keys[2].state, KeyState::read_only);
  EXPECT_EQ(read->keys[2].activates_at, kNow - Millis{5});
  EXPECT_EQ(read->keys[3].state, KeyState::gone);
  EXPECT_EQ(read->keys[3].id, made->keys[3].id);
  EXPECT_TRUE(read->keys[3].secret.empty());
  EXPECT_TRUE(read->ring());
}

TEST_F(KeyFileTest, KeepsSecretsOfAnyText) {
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made);
  const std::string secret = R"(Q"u\\o#te]d Zk3uYy0v1mQ8rTq5oW7xP2nL9)";
  made->keys[0].secret = SecretBytes{secret};
  ASSERT_TRUE(write_key_file(path(), *made));
  const Result<KeyFile> read = read_key_file(path());
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->keys[0].secret.insecure_view(), secret);
}

TEST_F(KeyFileTest, EachKeyIsNew) {
  Result<KeyFile> a = make_key_file("i", kNow, system_entropy());
  Result<KeyFile> b = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->keys[0].id, b->keys[0].id);
  EXPECT_FALSE(equal_ct(a->keys[0].secret.bytes(), b->keys[0].secret.bytes()));
}

TEST_F(KeyFileTest, IsMadeForItsOwnerAloneAndLeavesNoOtherFile) {
  const mode_t before = ::umask(0);
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made);
  write("an older file");
  ASSERT_TRUE(write_key_file(path(), *made));
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(KeyFileTest, CannotBeMadeWhereThereIsNoDirectory) {
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made);
  const Result<void> written = write_key_file(directory_.path() + "/none/key", *made);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::bad_config);
}

TEST_F(KeyFileTest, IsRefusedWhenOthersMayReadIt) {
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made && write_key_file(path(), *made));
  for (const mode_t mode : {0640U, 0604U, 0660U, 0610U}) {
    ::chmod(path().c_str(), mode);
    EXPECT_NE(error().find("can be read by others; run: chmod 600"), std::string::npos) << mode;
  }
  ::chmod(path().c_str(), 0400);
  EXPECT_EQ(error(), "");
}

TEST_F(KeyFileTest, IsRefusedWhenItIsNoRegularFile) {
  ::mkfifo(path().c_str(), 0600);
  EXPECT_NE(error().find("is not a regular file"), std::string::npos);
}

TEST_F(KeyFileTest, IsRefusedWhenDamaged) {
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made && write_key_file(path(), *made));
  const std::string good = text();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    write(changed);
    return error();
  };
  EXPECT_NE(with("version = 1", "version = 2").find("another version"), std::string::npos);
  EXPECT_NE(with("instance = \"i\"", "").find("must name its instance"), std::string::npos);
  EXPECT_NE(with("\"primary\"", "\"next\"").find("exactly one primary"), std::string::npos);
  EXPECT_NE(with("created_at = \"2", "created_at = \"x").find("damaged key"), std::string::npos);
  EXPECT_NE(with("created_at = \"", "created_at = 7 # ").find("damaged key"), std::string::npos);
  EXPECT_NE(with("secret = \"", "secret = \"short\" # ").find("fewer than 32 bytes"),
            std::string::npos);
  EXPECT_NE(with("\"primary\"", "\"best\"").find("damaged key"), std::string::npos);
  EXPECT_NE(with("[[key]]", "[key]").find("exactly one primary"), std::string::npos);
  EXPECT_NE(with("[[key]]", "[[key").find("is damaged"), std::string::npos);
  write("");
  EXPECT_NE(error(), "");
  write(std::string(70'000, '#'));
  EXPECT_NE(error().find("is no key file"), std::string::npos);
}

TEST_F(KeyFileTest, TellsNothingOfTheSecretWhenRefused) {
  Result<KeyFile> made = make_key_file("i", kNow, system_entropy());
  ASSERT_TRUE(made && write_key_file(path(), *made));
  std::string damaged = text();
  const std::size_t at = damaged.find("secret = \"") + 10;
  const std::string secret = damaged.substr(at, 44);
  damaged.erase(at + 44, 1);
  write(damaged);
  ASSERT_NE(error(), "");
  EXPECT_EQ(error().find(secret.substr(0, 8)), std::string::npos);
}

}  // namespace
}  // namespace latchkey::server
