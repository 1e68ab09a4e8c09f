#include "latchkey/leaked_passwords.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "crypto/digest.h"
#include "latchkey/memory.h"
#include "latchkey/recovery.h"
#include "latchkey/user_admin.h"
#include "tests/support/temp_directory.h"

namespace latchkey {
namespace {

constexpr std::string_view kLeaked = "correct horse battery staple";
// printf 'correct horse battery staple' | sha1sum
constexpr std::string_view kLeakedDigits = "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42";
constexpr std::string_view kFine = "another long enough password";

class LeakedPasswords : public ::testing::Test {
 protected:
  std::string write(const std::string& name, std::string_view text) {
    std::string path = directory_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static std::string line(std::string_view digits, int count = 7, std::string_view end = "\n") {
    return std::string(digits).append(":").append(std::to_string(count)).append(end);
  }
  static bool finds(const PasswordCheck& check, std::string_view password) {
    const auto found = check(password);
    EXPECT_TRUE(found);
    return found && *found;
  }

  testing::TempDirectory directory_;
};

TEST_F(LeakedPasswords, R71EveryLineOfAFileIsFoundAndNothingElse) {
  std::vector<std::string> known;
  std::vector<std::string> lines;
  for (int i = 0; i < 300; ++i) {
    known.push_back("password number " + std::to_string(i));
    const char* const end = i % 3 == 0 ? "\r\n" : "\n";
    lines.push_back(line(crypto::sha1_hex(known.back()), i % 2 == 0 ? 1 : 1000000 + i, end));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& one : lines) text += one;
  const auto check = leaked_password_list(write("list.txt", text));
  ASSERT_TRUE(check) << check.error().detail;
  for (const std::string& password : known) EXPECT_TRUE(finds(*check, password)) << password;
  for (int i = 300; i < 600; ++i) {
    EXPECT_FALSE(finds(*check, "password number " + std::to_string(i))) << i;
  }
}

TEST_F(LeakedPasswords, R71ALineOfCountZeroIsNoLeak) {
  const auto one = leaked_password_list(write("one", line(kLeakedDigits)));
  ASSERT_TRUE(one);
  EXPECT_TRUE(finds(*one, kLeaked)) << "the first and the last line";
  EXPECT_FALSE(finds(*one, kFine));
  const auto padded = leaked_password_list(write("padded", line(kLeakedDigits, 0)));
  ASSERT_TRUE(padded);
  EXPECT_FALSE(finds(*padded, kLeaked));
}

TEST_F(LeakedPasswords, R71ADirectoryOfRangesIsSearched) {
  write("00000.txt", line(std::string(35, '0')));
  write("ABF7A", line(std::string(35, '1')) + line(kLeakedDigits.substr(5), 3, "\r\n"));
  const auto check = leaked_password_list(directory_.path());
  ASSERT_TRUE(check) << check.error().detail;
  EXPECT_TRUE(finds(*check, kLeaked));
  const auto lost = (*check)(kFine);
  ASSERT_FALSE(lost) << "its range is missing: nothing is let through";
  EXPECT_EQ(lost.error().code, Errc::store_unavailable);
}

TEST_F(LeakedPasswords, AListIsReadAgainForEachPassword) {
  const std::string path = write("list", line(std::string(40, '0')));
  const auto check = leaked_password_list(path);
  ASSERT_TRUE(check);
  EXPECT_FALSE(finds(*check, kLeaked));
  write("list", line(kLeakedDigits));
  EXPECT_TRUE(finds(*check, kLeaked)) << "it was replaced";
  write("list", "nonsense\n");
  EXPECT_FALSE((*check)(kLeaked)) << "a damaged list is no answer";
  std::filesystem::remove(path);
  EXPECT_EQ((*check)(kLeaked).error().code, Errc::store_unavailable);
}

// What is no list any more lets nothing through unseen.
TEST_F(LeakedPasswords, R71AHoleOrAnEndlessLineInTheListIsAnError) {
  const std::string good = line(std::string(40, '0')) + line(std::string(40, 'F'));
  const std::string path = write("list.txt", good);
  const auto check = leaked_password_list(path);
  ASSERT_TRUE(check);
  EXPECT_FALSE(finds(*check, kFine));
  write("list.txt", line(std::string(40, '0')) + "\n" + line(std::string(40, 'F')));
  EXPECT_FALSE((*check)(kFine));
  write("list.txt", good + std::string(1 << 20, 'F'));
  EXPECT_FALSE((*check)(kFine));
}

TEST_F(LeakedPasswords, WhatIsNoListIsRefusedWithWhatToChange) {
  const auto refused = [](const std::string& path) {
    const auto list = leaked_password_list(path);
    return list ? std::string{} : list.error().detail;
  };
  EXPECT_NE(refused(directory_.path() + "/missing").find("missing"), std::string::npos);
  EXPECT_NE(refused(directory_.path()), "") << "a directory without ranges";
  EXPECT_NE(refused(write("empty", "")), "");
  EXPECT_NE(refused(write("words", "password1\n")), "");
  EXPECT_NE(refused(write("short", line(kLeakedDigits.substr(5)))), "");
  EXPECT_NE(refused(write("count", std::string(kLeakedDigits) + ":many\n")), "");
  write("00000.txt", line(kLeakedDigits));
  EXPECT_NE(refused(directory_.path()), "") << "whole hashes in a range";
}

// Every way to a new password asks the check, and none gets past one that fails.
class LeakedCheck : public ::testing::Test {
 protected:
  LeakedCheck() : memory_(std::move(*make_memory_store())) {
    sessions_ = std::move(*Sessions::open(*memory_, {}));
    const PasswordCheck check = [this](std::string_view password) -> Result<bool> {
      ++asked_;
      if (failing_) return Error{Errc::store_unavailable, "the check does not answer"};
      return password == kLeaked;
    };
    accounts_ = std::move(
        *Accounts::open(*memory_, *sessions_,
                        {.cost = {64, 1, 1}, .is_leaked = check, .insecure_cost_for_tests = true}));
    admin_.emplace(*UserAdmin::make(
        *memory_, {.cost = {64, 1, 1}, .is_leaked = check, .insecure_cost_for_tests = true}));
    recovery_ =
        std::move(*Recovery::open(*memory_, {.send = [this](const Mail& mail) { mail_ = mail; },
                                             .reset_url = "https://app.example.com/reset",
                                             .cost = {64, 1, 1},
                                             .is_leaked = check,
                                             .insecure_cost_for_tests = true}));
    user_ = *admin_->add({"ann@example.com", kFine})->user;
    asked_ = 0;
  }
  // Each way to set `password`: what it answers, or the failure.
  std::vector<Result<Rejection>> try_all(std::string_view password) {
    std::vector<Result<Rejection>> all;
    const auto keep = [&](const auto& outcome) {
      all.push_back(outcome ? Result<Rejection>(outcome->rejection) : outcome.error());
    };
    keep(accounts_->sign_up({"bob", password}, {}));
    keep(accounts_->change_password(user_.id, kFine, password));
    keep(admin_->add({"eve", password}));
    keep(admin_->set_password(user_.id, password));
    EXPECT_TRUE(recovery_->forgot_password("ann@example.com"));
    token_ = mail_.link.substr(mail_.link.find("?token=") + 7);
    keep(recovery_->reset_password(token_, password));
    return all;
  }
  void expect_nothing_changed() {
    EXPECT_FALSE(*admin_->find("bob"));
    EXPECT_FALSE(*admin_->find("eve"));
    EXPECT_TRUE(accounts_->log_in({"ann@example.com", kFine}, {})->session);
  }

  std::unique_ptr<Store> memory_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
  std::optional<UserAdmin> admin_;
  std::unique_ptr<Recovery> recovery_;
  Mail mail_;
  std::string token_;
  User user_;
  bool failing_ = false;
  int asked_ = 0;
};

TEST_F(LeakedCheck, R71ALeakedPasswordIsRefusedWhereverOneIsSet) {
  for (const Result<Rejection>& one : try_all(kLeaked)) {
    ASSERT_TRUE(one);
    EXPECT_EQ(*one, Rejection::password_common);
  }
  EXPECT_EQ(asked_, 5);
  expect_nothing_changed();
  EXPECT_TRUE(*recovery_->knows_reset(token_)) << "the link is not used up";
}

TEST_F(LeakedCheck, R71ACheckThatFailsLetsNothingThroughAndChangesNothing) {
  failing_ = true;
  for (const Result<Rejection>& one : try_all("a third long enough password")) {
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, Errc::store_unavailable);
  }
  expect_nothing_changed();
  EXPECT_TRUE(*recovery_->knows_reset(token_));
}

TEST_F(LeakedCheck, TheRulesComeFirstAndLogInsAskNothing) {
  for (const Result<Rejection>& one : try_all("short")) {
    ASSERT_TRUE(one);
    EXPECT_EQ(*one, Rejection::password_too_short);
  }
  expect_nothing_changed();
  EXPECT_EQ(accounts_->change_password(user_.id, "a wrong long password", kLeaked)->rejection,
            Rejection::wrong_credentials);
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace latchkey
