#include "server/settings/reload.h"

#include <gtest/gtest.h>

#include "server/settings/settings.h"

namespace latchkey::server {
namespace {

TEST(SettingsReload, TakesWhatCanChangeAndNamesWhatCannot) {
  Config config;
  Config wanted;
  wanted.log_level = LogLevel::warn;
  wanted.timeouts.idle = std::chrono::seconds{7};
  wanted.verify_rules = {"/assets/* public"};
  wanted.threads = 3;
  wanted.accounts.sign_up = SignUp::closed;
  const Reload reload = take_live(config, wanted);
  EXPECT_EQ(reload.applied,
            (std::vector<std::string>{"timeouts.idle", "verify.rules", "log.level"}));
  EXPECT_EQ(reload.need_restart, (std::vector<std::string>{"server.threads", "accounts.sign_up"}));
  EXPECT_EQ(config.timeouts.idle, std::chrono::seconds{7});
  EXPECT_EQ(config.threads, 0U) << "what is in force is told as it is";
  EXPECT_TRUE(take_live(config, wanted).applied.empty());
}

TEST(SettingsReload, NothingThatDecidesWhoIsLoggedInChangesInARunningServer) {
  for (const Setting& setting : settings()) {
    const std::string_view section = setting.key.substr(0, setting.key.find('.'));
    const bool of_cache =
        setting.key.ends_with(".on_store_error") || setting.key.ends_with(".max_stale");
    const bool live =
        section == "log" || section == "timeouts" || (section == "verify" && !of_cache);
    EXPECT_EQ(is_live(setting.key), live) << setting.key;
  }
}

}  // namespace
}  // namespace latchkey::server
