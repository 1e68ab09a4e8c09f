#include "server/settings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace latchkey::server {
namespace {

// The part of `printed` behind "name = " in its section.
std::string printed_default(const Setting& setting) {
  const std::string printed = print_config(Config{});
  const std::size_t dot = setting.key.find('.');
  const std::size_t section = printed.find("[" + std::string{setting.key.substr(0, dot)} + "]\n");
  const std::string name = "\n" + std::string{setting.key.substr(dot + 1)} + " = ";
  const std::size_t at = printed.find(name, section) + name.size();
  return printed.substr(at, printed.find('\n', at) - at);
}

TEST(Settings, HaveDistinctNamesAlsoInTheEnvironment) {
  std::set<std::string> names;
  for (const Setting& setting : settings()) {
    EXPECT_TRUE(names.insert(environment_name(setting.key)).second) << setting.key;
    EXPECT_TRUE(names.insert(environment_name(setting.key) + "_FILE").second) << setting.key;
    EXPECT_FALSE(setting.help.empty());
  }
}

TEST(Settings, EachTakesItsOwnDefaultBack) {
  const Config defaults;
  for (const Setting& setting : settings()) {
    Config config;
    EXPECT_TRUE(setting.set(config, setting.get(defaults))) << setting.key;
    EXPECT_EQ(print_config(config), print_config(defaults)) << setting.key;
  }
}

TEST(Settings, APasswordInTheStoreUrlIsNotPrinted) {
  Config config;
  config.store_url = "redis://app:hunter2@db.example:6379";
  const std::string printed = print_config(config);
  EXPECT_EQ(printed.find("hunter2"), std::string::npos);
  EXPECT_NE(printed.find("url = \"redis://app:********@db.example:6379\""), std::string::npos);
}

TEST(Settings, AStoreUrlOfNoEngineIsRefused) {
  Config config;
  const Setting* url = find_setting("store.url");
  ASSERT_NE(url, nullptr);
  EXPECT_FALSE(url->set(config, SettingValue::one("mongodb://localhost")));
  EXPECT_TRUE(url->set(config, SettingValue::one("/srv/sessions.db")));
  EXPECT_EQ(config.store_url, "/srv/sessions.db");
}

TEST(Settings, AreDocumentedWithDefaultFormAndMeaning) {
  std::ostringstream text;
  text << std::ifstream(LATCHKEY_SOURCE_DIR "/docs/configuration.md").rdbuf();
  const std::string page = text.str();
  ASSERT_FALSE(page.empty());
  for (const Setting& setting : settings()) {
    const std::string row = "| `" + std::string{setting.key} + "` | `" + printed_default(setting) +
                            "` | " + setting.form + " | " + std::string{setting.help} + " |\n";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace latchkey::server
