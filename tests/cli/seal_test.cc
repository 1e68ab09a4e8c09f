#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/run.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kSealPassword = "a_password_of_more_than_32_characters";
const std::string kOther = "another_password_of_over_32_characters";
const std::vector<std::pair<std::string, std::string>> kSealEnvironment = {
    {"LATCHKEY_KEY", kSealPassword}};

class SealProgram : public ::testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& text) {
    const std::string path = directory_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

 private:
  TempDirectory directory_;
};

TEST_F(SealProgram, SealsAndOpensWithAKeyFromAFileTheEnvironmentOrStandardInput) {
  const std::string key = file("key", kSealPassword + "\n");
  const Ran sealed = run({"seal", "--key-file", key, R"({"user": {"id": 1}})"});
  ASSERT_EQ(sealed.code, 0) << sealed.err;
  EXPECT_THAT(sealed.out, StartsWith("Fe26.2**"));
  EXPECT_EQ(run({"unseal"}, sealed.out, kSealEnvironment).out, "{\"user\":{\"id\":1}}\n");
  EXPECT_EQ(run({"unseal", "--key-file", "-"}, kSealPassword + "\n" + sealed.out).out,
            "{\"user\":{\"id\":1}}\n");
}

TEST_F(SealProgram, WritesCookiesOfIronSessionWithTheGreatestId) {
  const std::string keys = file("keys", "{\"1\":\"" + kOther + "\",\"10\":\"" + kSealPassword +
                                            "\",\"9\":\"" + kOther + "\"}");
  const Ran sealed = run({"seal", "--key-file", keys, "--iron-session"}, "{}");
  ASSERT_EQ(sealed.code, 0) << sealed.err;
  EXPECT_THAT(sealed.out, StartsWith("Fe26.2*10*"));
  EXPECT_THAT(sealed.out, HasSubstr("~2\n"));
  EXPECT_EQ(run({"unseal", "--key-file", keys}, sealed.out).out, "{}\n");
  EXPECT_THAT(run({"seal", "--iron-session", "1"}, "", kSealEnvironment).out,
              StartsWith("Fe26.2*1*"));
}

TEST_F(SealProgram, SaysWhyASealIsRefusedAndEndsWithOne) {
  const Ran sealed = run({"seal", "--now", "1000", "--ttl", "1m", "{}"}, "", kSealEnvironment);
  ASSERT_EQ(sealed.code, 0) << sealed.err;
  EXPECT_EQ(run({"unseal", "--now", "1119"}, sealed.out, kSealEnvironment).code, 0);
  const Ran late = run({"unseal", "--now", "1120"}, sealed.out, kSealEnvironment);
  EXPECT_EQ(late.code, 1);
  EXPECT_EQ(late.err, "latchkey: refused: expired\n");
  EXPECT_EQ(late.out, "");
  const Ran forged = run({"unseal", "--now", "1000"}, sealed.out, {{"LATCHKEY_KEY", kOther}});
  EXPECT_EQ(forged.code, 1);
  EXPECT_EQ(forged.err, "latchkey: refused: bad_mac\n");
}

TEST_F(SealProgram, RefusesWhatCannotBeMeantAndEndsWithTwo) {
  EXPECT_EQ(run({"seal", "{}"}).code, 2);
  EXPECT_THAT(run({"seal", "{}"}).err, HasSubstr("--key-file"));
  EXPECT_EQ(run({"seal", "{}"}, "", {{"LATCHKEY_KEY", "short"}}).code, 2);
  EXPECT_EQ(run({"seal", "{"}, "", kSealEnvironment).code, 2);
  EXPECT_EQ(run({"seal", "--ttl", "0", "{}"}, "", kSealEnvironment).code, 2);
  EXPECT_EQ(run({"seal", "--ttl", "0", "--allow-missing-expiry", "{}"}, "", kSealEnvironment).code,
            0);
  EXPECT_EQ(run({"unseal", "--now", "yesterday"}, "x", kSealEnvironment).code, 2);
  EXPECT_EQ(run({"unseal", "--key-file", "/nowhere/key"}, "x").code, 2);
  EXPECT_EQ(run({"seal", "--key-format", "rot13", "{}"}, "", kSealEnvironment).code, 2);
}

TEST_F(SealProgram, R119ASecretThatIsTooShortIsRefusedWithTheCommandForAGoodOne) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"seal", "{}"}, {"jwt", "sign", "{}"}}) {
    const Ran ran = run(command, "", {{"LATCHKEY_KEY", "hunter2"}});
    EXPECT_EQ(ran.code, 2);
    EXPECT_THAT(ran.err, AllOf(HasSubstr("32"), HasSubstr("latchkey key new")));
    EXPECT_THAT(ran.err, Not(HasSubstr("hunter2")));
  }
}

// R125: there is no option that takes a key.
TEST_F(SealProgram, TakesNoKeyFromTheCommandLine) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"seal"}, {"unseal"}, {"jwt", "sign"}, {"jwt", "verify"}, {"inspect"}}) {
    for (const std::string option : {"--key", "--password", "--secret"}) {
      std::vector<std::string> args = command;
      args.insert(args.end(), {option, kSealPassword});
      EXPECT_EQ(run(args, "{}").code, 2) << command.front() << option;
    }
  }
}

TEST_F(SealProgram, HelpShowsExamples) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"seal"},
                                             {"unseal"},
                                             {"jwt", "sign"},
                                             {"jwt", "verify"},
                                             {"jwt", "encrypt"},
                                             {"jwt", "decrypt"},
                                             {"key", "new"},
                                             {"key", "rotate"}}) {
    std::vector<std::string> args = command;
    args.push_back("--help");
    const Ran help = run(args);
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, HasSubstr("Example")) << command.back();
    EXPECT_THAT(help.out, HasSubstr("latchkey " + command.front()));
  }
}

TEST_F(SealProgram, JwtSignsAndVerifies) {
  const Ran token =
      run({"jwt", "sign", "--now", "1763683200", R"({"userId":"u1"})"}, "", kSealEnvironment);
  ASSERT_EQ(token.code, 0) << token.err;
  const Ran verified = run({"jwt", "verify", "--now", "1763683201"}, token.out, kSealEnvironment);
  EXPECT_EQ(verified.out, R"({"userId":"u1","iat":1763683200,"exp":1764288000})"
                          "\n");
  EXPECT_EQ(run({"jwt", "verify", "--now", "1764288000"}, token.out, kSealEnvironment).err,
            "latchkey: refused: expired\n");
  EXPECT_EQ(run({"jwt", "verify", "--alg", "HS384", "--now", "1763683201"}, token.out,
                {{"LATCHKEY_KEY", kSealPassword + kOther}})
                .code,
            1);
  const Ran forged =
      run({"jwt", "verify", "--now", "1763683201"}, token.out, {{"LATCHKEY_KEY", kOther}});
  EXPECT_EQ(forged.code, 1);
  EXPECT_THAT(forged.out + forged.err, Not(HasSubstr("userId")));
}

TEST_F(SealProgram, JwtEncryptsAndDecryptsWithAKeyInBase64) {
  const std::string key = file("key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
  const std::vector<std::string> options = {"--key-file", key, "--key-format", "base64"};
  std::vector<std::string> encrypt = {"jwt", "encrypt", R"({"userId":"u1"})"};
  std::vector<std::string> decrypt = {"jwt", "decrypt"};
  encrypt.insert(encrypt.end(), options.begin(), options.end());
  decrypt.insert(decrypt.end(), options.begin(), options.end());
  const Ran token = run(encrypt);
  ASSERT_EQ(token.code, 0) << token.err;
  EXPECT_THAT(run(decrypt, token.out).out, StartsWith(R"({"userId":"u1",)"));
  EXPECT_EQ(run({"jwt", "decrypt"}, token.out, kSealEnvironment).code, 2);  // not 32 bytes
}

}  // namespace
}  // namespace latchkey::testing
