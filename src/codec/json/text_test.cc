#include "codec/json/text.h"

#include <gtest/gtest.h>

#include <cmath>

namespace latchkey::codec {
namespace {

TEST(JsonText, TakesWhatJsonParseTakes) {
  for (const char* good : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "10",
                           "-1.5",
                           "1e5",
                           "1E+5",
                           "1.0e-5",
                           "\"\"",
                           "\"a\"",
                           "[]",
                           "[ ]",
                           "{}",
                           "{ }",
                           "[1,2]",
                           "[[],{}]",
                           R"({"a":1})",
                           R"({"a":1,"a":2})",
                           " \t\r\n1 \t\r\n",
                           R"("\"\\\/\b\f\n\r\t\u00e9\ud83d")",
                           "1e400",
                           R"({"":{"":[{}]}})",
                           "\"\x7f\xff\""}) {
    EXPECT_TRUE(scan_json(good)) << good;
  }
}

TEST(JsonText, RefusesEverythingElse) {
  for (const char* bad : {"",
                          " ",
                          "nul",
                          "nulll",
                          "True",
                          "01",
                          "-",
                          "+1",
                          ".5",
                          "1.",
                          "1e",
                          "1e+",
                          "0x1",
                          "NaN",
                          "Infinity",
                          "\"",
                          "\"\\\"",
                          "\"\\x\"",
                          "\"\\u12\"",
                          "\"\\u12g4\"",
                          "'a'",
                          "[",
                          "]",
                          "[1",
                          "[1,",
                          "[1,]",
                          "[,1]",
                          "[1 2]",
                          "[1}",
                          "{",
                          "}",
                          "{]",
                          "{\"a\"}",
                          "{\"a\":}",
                          "{\"a\":1,}",
                          "{,}",
                          "{a:1}",
                          "{1:1}",
                          "{\"a\" 1}",
                          "{\"a\":1 \"b\":2}",
                          "1 1",
                          "[] []",
                          "/**/1",
                          "\"\t\"",
                          "\"\n\"",
                          "\xef\xbb\xbf{}",
                          "\xa0"
                          "1"}) {
    EXPECT_FALSE(scan_json(bad)) << bad;
  }
  EXPECT_FALSE(scan_json(std::string_view{"\"\0\"", 3}));
  EXPECT_FALSE(scan_json(std::string_view{"\"\\\0\"", 4}));
}

TEST(JsonText, LongStringsAreScannedToTheirEnd) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string plain(size, 'x');
    EXPECT_TRUE(scan_json('"' + plain + '"'));
    EXPECT_FALSE(scan_json('"' + plain));
    EXPECT_FALSE(scan_json('"' + plain + "\x1f\""));
    EXPECT_TRUE(scan_json('"' + plain + "\\n\""));
    EXPECT_FALSE(scan_json('"' + plain + "\\\""));
  }
}

TEST(JsonText, DepthIsLimited) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(scan_json(nested(3), 3));
  EXPECT_FALSE(scan_json(nested(4), 3));
  EXPECT_TRUE(scan_json(nested(kMaxJsonDepth), 100000));
  EXPECT_FALSE(scan_json(nested(kMaxJsonDepth + 1), 100000));
  EXPECT_TRUE(scan_json("1", 0));
}

TEST(JsonText, MembersOfTheTopLevelAreListedWithTheirValues) {
  const auto object = JsonObject::parse(R"( {"a" : [1, {"x":2}] ,"b":"c" , "a":true,"d":{}} )");
  ASSERT_TRUE(object);
  ASSERT_EQ(object->members().size(), 4U);
  EXPECT_EQ(object->members()[0].value.text, R"([1, {"x":2}])");
  EXPECT_EQ(object->members()[1].value.text, "\"c\"");
  EXPECT_EQ(object->members()[3].value.text, "{}");
  EXPECT_EQ(object->find("a")->text, "true");
  EXPECT_EQ(object->find("x"), nullptr);
  EXPECT_FALSE(JsonObject::parse("[]"));
  EXPECT_FALSE(JsonObject::parse("\"{}\""));
}

TEST(JsonText, NamesAreComparedWithTheirEscapesResolved) {
  const auto object = JsonObject::parse(R"({"\u0061b":1,"c\\":2})");
  ASSERT_TRUE(object);
  EXPECT_NE(object->find("ab"), nullptr);
  EXPECT_NE(object->find("c\\"), nullptr);
  EXPECT_EQ(object->find("c\\\\"), nullptr);
  EXPECT_EQ(object->find("\\u0061b"), nullptr);
}

TEST(JsonText, RepeatedNamesAreFound) {
  const auto has = [](std::string_view text) { return JsonObject::parse(text)->has_duplicates(); };
  EXPECT_FALSE(has(R"({})"));
  EXPECT_FALSE(has(R"({"a":{"a":1},"b":1})"));
  EXPECT_TRUE(has(R"({"a":1,"b":1,"a":1})"));
  EXPECT_TRUE(has(R"({"a":1,"\u0061":1})"));
  std::string many = "{";
  for (int i = 0; i < 20; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_FALSE(has(many + R"("x":1})"));
  EXPECT_TRUE(has(many + R"("k7":1})"));
}

TEST(JsonText, StringsKeepLoneSurrogatesApart) {
  const auto text = [](std::string_view json) { return json_string(*scan_json(json)); };
  EXPECT_EQ(text(R"("\ud83d\ude00")"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(text(R"("\ud83d")"), "\xed\xa0\xbd");
  EXPECT_EQ(text(R"("\ud83dx\ude00")"), "\xed\xa0\xbdx\xed\xb8\x80");
  EXPECT_EQ(text(R"("\u00e9\u20ac\b\f\n\r\t\/\"\\")"), "é€\b\f\n\r\t/\"\\");
  EXPECT_EQ(text("7"), std::nullopt);
}

TEST(JsonText, NumbersBeyondDoubleAreInfiniteOrZero) {
  const auto number = [](std::string_view json) { return *json_number(*scan_json(json)); };
  EXPECT_EQ(number("1763683200"), 1763683200.0);
  EXPECT_EQ(number("-0.5"), -0.5);
  EXPECT_EQ(number("9007199254740993"), 9007199254740992.0);
  EXPECT_TRUE(std::isinf(number("1e400")));
  EXPECT_EQ(number("-1e400"), -INFINITY);
  EXPECT_EQ(number("1e-400"), 0.0);
  EXPECT_EQ(number("0." + std::string(400, '0') + "1"), 0.0);
  EXPECT_TRUE(std::isinf(number("1" + std::string(400, '0'))));
  EXPECT_EQ(json_number(*scan_json("\"1\"")), std::nullopt);
}

TEST(JsonText, ElementsAreSplitOutsideOfStringsAndContainers) {
  const auto elements = json_elements(*scan_json(R"([1, "a,]\"[", [2,3], {"x":[4,5]} , null])"));
  ASSERT_TRUE(elements);
  ASSERT_EQ(elements->size(), 5U);
  EXPECT_EQ((*elements)[1].text, R"("a,]\"[")");
  EXPECT_EQ((*elements)[2].text, "[2,3]");
  EXPECT_EQ((*elements)[4].kind, JsonKind::null);
  EXPECT_TRUE(json_elements(*scan_json("[ ]"))->empty());
  EXPECT_FALSE(json_elements(*scan_json("{}")));
}

TEST(JsonText, CompactingTakesOutBlanksAndWhatCannotBeWritten) {
  const auto compact = [](std::string_view json) {
    std::string out;
    append_compact(out, json);
    return out;
  };
  EXPECT_EQ(compact(" { \"a b\" :\n[ 1 , 2e400 ,-1e400, \"\\\" \" ] } "),
            R"({"a b":[1,null,null,"\" "]})");
}

TEST(JsonText, QuotingEscapesAsJavaScriptDoes) {
  std::string out;
  append_quoted(out, std::string_view{"\"\\/\b\f\n\r\t\x01\x1f\0é", 13});
  EXPECT_EQ(out, R"("\"\\/\b\f\n\r\t\u0001\u001f\u0000é")");
}

TEST(JsonText, HalfOfASurrogatePairIsQuotedAsItsEscape) {
  const auto quoted = [](std::string_view json) {
    std::string out;
    append_quoted(out, *json_string(*scan_json(json)));
    return out;
  };
  EXPECT_EQ(quoted(R"("a\uD800b")"), R"("a\ud800b")");
  EXPECT_EQ(quoted(R"("\udfff")"), R"("\udfff")");
  EXPECT_EQ(quoted(R"("\udc00\ud800")"), R"("\udc00\ud800")");
  EXPECT_EQ(quoted(R"("\ud83d\ude00\ud7ff\ue000")"),
            "\"\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\"");
  std::string cut;
  append_quoted(cut, "\xed\xa0");
  EXPECT_EQ(cut, "\"\xed\xa0\"");
}

}  // namespace
}  // namespace latchkey::codec
