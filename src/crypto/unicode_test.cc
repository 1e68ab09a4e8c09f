#include "crypto/unicode.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

TEST(Unicode, NfcAndNfkcDifferWhereTheyShould) {
  EXPECT_EQ(nfc("e\xcc\x81"), "\xc3\xa9");
  EXPECT_EQ(nfc("\xef\xac\x81"), "\xef\xac\x81");  // the ligature fi stays
  EXPECT_EQ(nfkc("\xef\xac\x81"), "fi");
  EXPECT_EQ(nfkc(std::string_view("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(nfkc(""), "");
  EXPECT_FALSE(nfkc("\xff"));
  EXPECT_FALSE(nfc("\xed\xa0\x80"));
}

TEST(Unicode, CasefoldMakesLookAlikesEqual) {
  EXPECT_EQ(nfkc_casefold("\xef\xbc\xa1"
                          "DMIN"),
            "admin");  // full-width A
  EXPECT_EQ(nfkc_casefold("Stra\xc3\x9f"
                          "e"),
            "strasse");
  EXPECT_EQ(nfkc_casefold("ad\xe2\x80\x8bmin"), "admin");  // zero width space
}

TEST(Unicode, FindsCharactersANameMayNotHave) {
  EXPECT_FALSE(has_unsafe_name_character("J\xc3\xb6rg-1@example.com"));
  for (std::string_view name : {"a b", "a\tb", "a\xe2\x80\x8b", "a\xe2\x80\xae", "\xee\x80\x80",
                                "a\xc2\xa0", "\xe2\x80\xa8", "\xff"}) {
    EXPECT_TRUE(has_unsafe_name_character(name)) << name;
  }
}

}  // namespace
}  // namespace latchkey::crypto
