#include "server/settings/verify_settings.h"

#include <gtest/gtest.h>

#include "server/settings/config.h"

namespace latchkey::server {
namespace {

// refused_for returns what verify_settings says, or empty text.
std::string refused_for(const Config& config) {
  const Result<http::VerifySettings> made = verify_settings(config);
  if (made) return {};
  EXPECT_EQ(made.error().code, Errc::bad_config);
  return made.error().detail;
}

TEST(VerifySettings, ARuleAndPathsThatCouldGetRoundItExcludeEachOther) {
  Config config;
  config.allow_ambiguous_paths = true;
  EXPECT_EQ(refused_for(config), "");
  config.verify_rules = {"/admin/* level2"};
  EXPECT_NE(refused_for(config).find("verify.allow_ambiguous_paths: "), std::string::npos);
  config.allow_ambiguous_paths = false;
  EXPECT_EQ(refused_for(config), "");
  config.verify_rules = {"admin"};
  EXPECT_TRUE(refused_for(config).starts_with("verify.rules: "));
}

TEST(VerifySettings, R28CopiesAnswerOnlyWhereTheyAreKeptAndLongerThanTheyWouldAnyway) {
  Config config;
  config.on_store_error = OnStoreError::stale;
  config.cache = true;
  config.max_stale = config.near_cache.max_age + Millis{1};
  EXPECT_EQ(refused_for(config), "");
  EXPECT_TRUE(verify_settings(config)->stale);
  config.max_stale = config.near_cache.max_age;
  EXPECT_NE(refused_for(config).find("verify.max_stale: "), std::string::npos);
  config.on_store_error = OnStoreError::deny;
  EXPECT_EQ(refused_for(config), "") << "it counts for nothing then";
  EXPECT_FALSE(verify_settings(config)->stale);
  config.cache = false;
  EXPECT_EQ(refused_for(config), "");
  config.on_store_error = OnStoreError::stale;
  config.max_stale = config.near_cache.max_age + Millis{1};
  EXPECT_NE(refused_for(config).find("set cache.enabled = true"), std::string::npos);
}

TEST(VerifySettings, EachSwitchIsItsOwn) {
  for (const auto& [set, made] :
       {std::pair{&Config::verify_aliases, &http::VerifySettings::aliases},
        std::pair{&Config::verify_data, &http::VerifySettings::data},
        std::pair{&Config::allow_ambiguous_paths, &http::VerifySettings::allow_ambiguous_paths}}) {
    Config config;
    config.verify_aliases = config.verify_data = config.allow_ambiguous_paths = false;
    config.*set = true;
    const Result<http::VerifySettings> settings = verify_settings(config);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->aliases + settings->data + settings->allow_ambiguous_paths, 1);
    EXPECT_TRUE((*settings).*made);
  }
  Config config;
  config.verify_allowed_origins = {"https://www.example.com"};
  EXPECT_EQ(verify_settings(config)->allowed_origins, config.verify_allowed_origins);
}

}  // namespace
}  // namespace latchkey::server
