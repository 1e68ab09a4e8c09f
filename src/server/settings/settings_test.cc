#include "server/settings/settings.h"

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
  const std::string key{setting.key.substr(dot + 1)};
  if (printed.find("\n# " + key + " is not set\n", section) != std::string::npos) return "not set";
  const std::string name = "\n" + key + " = ";
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
  EXPECT_GT(names.size(), 60U) << "the table has all of them";
}

TEST(Settings, EachTakesItsOwnDefaultBack) {
  const Config defaults;
  for (const Setting& setting : settings()) {
    Config config;
    const SettingValue value = setting.get(defaults);
    const bool unset = setting.needs_text && value.texts.front().empty();
    EXPECT_EQ(setting.set(config, value), !unset) << setting.key;
    EXPECT_EQ(print_config(config), print_config(defaults)) << setting.key;
  }
}

TEST(Settings, F15APasswordInAUrlIsNotPrinted) {
  Config config;
  for (const char* url :
       {"redis://app:zekter2@db.example:6379", "redis://:zek/ter2@h:6379/0", "redis://:zek?ter2@h",
        "postgres://u:zek#ter2@h/d", "postgres:///d?password=zekter2"}) {
    config.store_url = url;
    config.migrate.lucia_database = url;
    const std::string printed = print_config(config);
    EXPECT_EQ(printed.find("zek"), std::string::npos) << url;
    EXPECT_EQ(printed.find("ter2"), std::string::npos) << url;
    EXPECT_NE(printed.find("\nurl = \"" + std::string{url}.substr(0, 5)), std::string::npos);
  }
}

// Whatever is given where a text belongs, a setting takes it or says what to write instead.
TEST(Settings, EachRefusesWhatItCannotUse) {
  struct Case {
    std::string_view key;
    std::string_view value;
    std::string_view told;  // in `why`; empty: the form is told
  };
  constexpr Case kCases[] = {
      {"server.listen", "127.0.0.1", ""},
      {"server.listen", "a b:80", ""},
      {"server.listen", "unix:latchkey.sock", ""},
      {"server.listen", "unix:/run/a\nb.sock", ""},
      {"server.socket_mode", "", ""},
      {"server.socket_mode", "0668", ""},
      {"server.socket_mode", "04660", ""},
      {"server.listen", "127.0.0.1:80,127.0.0.2:80", ""},
      {"server.listen", "", ""},
      {"server.public_url", "", "empty"},
      {"server.public_url", "example.com", "https://"},
      {"server.public_url", "https://example.com/a%2Fb", "remove the path"},
      {"server.public_url", "http://192.0.2.7", "https://192.0.2.7"},
      {"server.data", "", "empty"},
      {"server.data", "$DATA", "not filled in"},
      {"server.data", "~/data", "home directory"},
      {"server.data", "undefined", "not set"},
      {"server.trusted_proxies", "proxy", "no address or network"},
      {"server.trusted_proxies", "10.0.0.0/0", "a number from 1"},
      {"server.allow_plain_http", "yes", ""},
      {"server.hsts_subdomains", "1", ""},
      {"server.threads", "-1", ""},
      {"server.threads", "1.5", ""},
      {"server.threads", "", ""},
      {"store.url", "", "empty"},
      {"store.url", "redis", "redis://HOST"},
      {"store.url", "mongodb://localhost", "mongodb"},
      {"store.busy_timeout", "2", ""},
      {"store.busy_timeout", "25d", ""},
      {"store.read_timeout", "61m", ""},
      {"store.watch_every", "0", ""},
      {"session.snapshot", "6m", ""},
      {"session.preset", "aal4", ""},
      {"session.carrier", "jwt", ""},
      {"keys.source", "File", ""},
      {"verify.on_store_error", "allow", ""},
      {"verify.max_stale", "61s", ""},
      {"metrics.listen", "9470", "HOST:PORT"},
      {"metrics.listen", "a b:9470", "HOST:PORT"},
      {"takeover.lucia_database", "redis://h", "SQLite"},
      {"takeover.lucia_database", "lucia", "sqlite:lucia"},
      {"takeover.until", "tomorrow", ""},
      {"log.level", "INFO", ""},
      {"log.format", "", ""},
  };
  for (const Case& one : kCases) {
    const Setting* setting = find_setting(one.key);
    ASSERT_NE(setting, nullptr) << one.key;
    Config config;
    const SettingValue value{{std::string{one.value}}, setting->kind == SettingKind::list};
    EXPECT_FALSE(setting->set(config, value)) << one.key << " = " << one.value;
    EXPECT_EQ(print_config(config), print_config(Config{})) << one.key << ": nothing changes";
    const std::string why = setting->why ? setting->why(value) : std::string{};
    EXPECT_EQ(why.empty(), one.told.empty()) << one.key << ": " << why;
    EXPECT_NE(why.find(one.told), std::string::npos) << one.key << ": " << why;
  }
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
