#include "codec/seal/passwords.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::codec {
namespace {

std::string first_id(std::string_view text, std::string_view id = "") {
  const auto passwords = read_passwords(SecretBytes{text}, false, id);
  return passwords ? passwords->front().id : "(refused)";
}

TEST(SealPasswords, TheGreatestNumberOfAMapSeals) {
  EXPECT_EQ(first_id(R"({"9":"a","10":"b"})"), "10");
  EXPECT_EQ(first_id(R"({"9":"a","10":"b"})", "9"), "9");
  EXPECT_EQ(first_id(R"({"a":"a","10":"b"})"), "(refused)");
  EXPECT_EQ(first_id(R"({"a":"a","10":"b"})", "a"), "a");
  EXPECT_EQ(first_id(R"({"1":"a"})", "2"), "(refused)");
  EXPECT_EQ(first_id(R"({"1":7})"), "(refused)");
  EXPECT_EQ(first_id("{}"), "(refused)");
  EXPECT_EQ(first_id("text"), "");
}

}  // namespace
}  // namespace latchkey::codec
