#include "account/common_passwords.h"

#include <gtest/gtest.h>

#include "account/rules.h"

namespace latchkey::account {
namespace {

// The first fifty of the list that have 15 characters.
TEST(CommonPasswords, R71TheMostCommonOfThePolicysLengthAreRefused) {
  EXPECT_GT(kCommonPasswords, 3000U);
  for (const char* password :
       {"Mailcreated5240",      "PolniyPizdec0211",     "123456789987654321",
        "1qaz2wsx3edc4rfv",     "123456789123456789",   "momsanaladventure",
        "Hd764nW5d7E1vb1",      "qazwsxedcrfvtgb",      "polniypizdec0211",
        "23176djivanfros",      "123456789qwerty",      "12345678900987654321",
        "12345678901234567890", "qwerty123456789",      "zQjphsyf6ctifgu",
        "12345678987654321",    "lhbjkjubz2957704",     "q1w2e3r4t5y6u7i8",
        "1qazxsw23edcvfr4",     "11111111111111111111", "nEMvXyHeqDd5OQxyXYZI",
        "123123123123123",      "passwordstandard",     "bpgjldsgjldthnf",
        "1qa2ws3ed4rf5tg",      "1234qwerasdfzxcv",     "PolniyPizdec110211",
        "passwordpassword",     "1234567890qwerty",     "1234567890987654321",
        "122333444455555",      "111222333444555",      "qwertasdfgzxcvb",
        "q1w2e3r4t5y6u7i8o9p0", "ne_e_pod_chehyl",      "1234567887654321",
        "111111111111111",      "zxcvbnm123456789",     "qwertyuiop12345",
        "NICK1234-rem936",      "hjpjxrf23062007",      "aksjdlasdakj89879",
        "420842084208555",      "123451234512345",      "lytdybrbdfvgbhf",
        "Hd764nW5d7E1vbv",      "BhRh0h2Oof6XbqJEH",    "1234567890qwertyuiop",
        "qwertyuiopasdfg",      "qwertyuiop123456789",  "vjjkjhgagvjjkjhgag",
        "VJINI0987385440",      "vjhvjhgfjhtjhgj1",     "vjhutyinthy1987",
        "vjhtrhsvdctcegth"}) {
    EXPECT_EQ(strength_of(password), Rejection::password_common) << password;
    std::string capitals(password);
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    EXPECT_EQ(strength_of(capitals), Rejection::password_common) << capitals;
  }
}

TEST(CommonPasswords, R71RowsAndRepetitionsAreRefused) {
  for (const char* password : {"aaaaaaaaaaaaaaaa", "abababababababab", "letmeinletmeinle",
                               "abcdefghijklmnop", "9876543210/.-,+*", "abcdefghijabcdefghij"}) {
    EXPECT_EQ(strength_of(password), Rejection::password_common) << password;
  }
  for (const char* password : {"abcdefghijkabcdefghijk", "aaaaaaaaaaaaaaab", "abcdefghijklmnoq"}) {
    EXPECT_EQ(strength_of(password), Rejection::none) << password;
  }
}

TEST(CommonPasswords, R71WordsOfTheUserAndTheSiteAreNoSecret) {
  const auto judged = [](std::string_view password) {
    return strength_of(password, {"ada.lovelace@engines.org", "Bücher-Markt"});
  };
  for (const char* password :
       {"ada.lovelace@engines.org", "AdaLovelace-1815", "lovelace lovelace lovelace",
        "engines.lovelace.12345", "bücher-markt-2026!", "BÜCHER--lovelace--1"}) {
    EXPECT_EQ(judged(password), Rejection::password_common) << password;
  }
  for (const char* password :
       {"lovelace likes horses", "my favourite engines are old", "ada ada ada ada ada bcd"}) {
    EXPECT_EQ(judged(password), Rejection::none) << password;
  }
}

// R70: no rule of composition hides in this one.
TEST(CommonPasswords, R70WhatIsNotCommonIsTaken) {
  for (const char* password : {"aaaa bbbb cccc dddd", "correct horse battery staple",
                               "000000000000000000000a", "ääääääääöööööööö", "               x"}) {
    EXPECT_EQ(strength_of(password), Rejection::none) << password;
  }
}

}  // namespace
}  // namespace latchkey::account
