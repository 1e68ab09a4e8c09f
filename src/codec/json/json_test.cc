#include "codec/json/json.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

std::string round(std::string_view text) {
  const auto value = parse_json(text, {.max_depth = 16, .last_duplicate_wins = true});
  return value ? write_json(*value) : "refused";
}

TEST(Json, KeepsValuesAndTheOrderOfMembers) {
  for (std::string_view text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "\"\"", "[]", "{}",
        R"({"z":1,"a":[1,2,{"b":null}],"m":"x"})", "\"J\xc3\xb6rg\"", "[[[[]]]]"}) {
    EXPECT_EQ(round(text), text);
  }
}

// Expected texts: JSON.stringify(JSON.parse(text)) of ECMA-262.
TEST(Json, PrintsNumbersAsJavaScriptDoes) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"1.5", "1.5"},
      {"1e3", "1000"},
      {"1E400", "null"},
      {"0.1", "0.1"},
      {"1e21", "1e+21"},
      {"1e20", "100000000000000000000"},
      {"1e-6", "0.000001"},
      {"1e-7", "1e-7"},
      {"123456789.125", "123456789.125"},
      {"-0.0", "0"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"5e-324", "5e-324"},
      {"1.25e-9", "1.25e-9"},
      {"-1.5e300", "-1.5e+300"},
      {"0.30000000000000004", "0.30000000000000004"}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(round(text), expected) << text;
}

TEST(Json, NumbersAreTheNearestDoubles) {
  EXPECT_EQ(parse_json("144444444444440444444444443"), parse_json("1.4444444444444044e+26"));
  EXPECT_EQ(write_json(*parse_json("144444444444440444444444443")), "1.4444444444444044e+26");
}

TEST(Json, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(round(R"("\u0000\u001f\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"),
            "\"\\u0000\\u001f\\\"\\\\/\\b\\f\\n\\r\\t\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (std::string_view text : {"",
                                " ",
                                "{",
                                "}",
                                "[1,]",
                                "{\"a\":1,}",
                                "{a:1}",
                                "'a'",
                                "01",
                                "+1",
                                ".5",
                                "1.",
                                "NaN",
                                "Infinity",
                                "nul",
                                "true false",
                                "{} x",
                                "\"\n\"",
                                "\"\\x\"",
                                "\"\xff\"",
                                "\"\\ud800\"",
                                "\xef\xbb\xbf{}",
                                "// c\n{}",
                                "\"\xc0\x80\"",
                                "[1 2]"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(Json, R123DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(16)));
  EXPECT_FALSE(parse_json(nested(17)));
  EXPECT_FALSE(parse_json(nested(100000)));
}

TEST(Json, R103ARepeatedNameIsRefusedUnlessTheLastOneMayWin) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parse_json(R"({"o":{"b":1,"\u0062":2}})"));
  EXPECT_EQ(round(R"({"a":1,"b":3,"a":[2]})"), R"({"a":[2],"b":3})");
}

std::string members(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::to_string(i);
  }
  return text;
}

// Names are compared each with each up to 16 of them, and sorted beyond.
TEST(Json, M3R103ARepeatedNameIsFoundAmongAnyNumber) {
  for (const std::size_t count : {15U, 16U, 17U, 1000U}) {
    EXPECT_TRUE(parse_json("{" + members(count) + "}"));
    EXPECT_FALSE(parse_json("{\"0\":0," + members(count) + "}"));
    EXPECT_FALSE(parse_json("{" + members(count) + ",\"0\":0}"));
    EXPECT_FALSE(parse_json("{" + members(count) + R"(,"\u0030":0})"));
    EXPECT_EQ(round("{" + members(count) + ",\"0\":[1],\"1\":2,\"0\":\"x\",\"z\":3}"),
              "{\"0\":\"x\",\"1\":2" + members(count).substr(11) + ",\"z\":3}");
  }
}

// 14 s before; with this many members a quadratic check does not end within the time of a test.
TEST(Json, M3ManyMembersAreReadInTimeThatGrowsWithThem) {
  EXPECT_TRUE(parse_json("{" + members(200'000) + "}"));
  Json value = *parse_json("{" + members(50'000) + "}");
  merge_patch(value, *parse_json("{\"x\":" + std::string("{") + members(50'000) + "}," +
                                 members(50'000) + "}"));
  EXPECT_EQ(value.object()->size(), 50'001U);
}

TEST(Json, MergePatchKeepsTheOrderAndRemovesMany) {
  Json value = *parse_json(R"({"a":1,"b":2,"c":3,"d":4})");
  merge_patch(value, *parse_json(R"({"e":5,"c":null,"a":null,"d":{"x":1},"nothing":null})"));
  EXPECT_EQ(write_json(value), R"({"b":2,"d":{"x":1},"e":5})");
}

// The examples of RFC 7396, appendix A.
TEST(Json, MergePatchOfTheStandardExamples) {
  const std::string_view cases[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", "null", "null"},
      {R"({"a":"foo"})", "\"bar\"", "\"bar\""},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [target, patch, expected] : cases) {
    Json value = *parse_json(target);
    merge_patch(value, *parse_json(patch));
    EXPECT_EQ(write_json(value), expected) << target << " + " << patch;
  }
}

}  // namespace
}  // namespace latchkey::codec
