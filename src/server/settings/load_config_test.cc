#include "server/settings/load_config.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

Result<Config> from_text(std::string_view toml) {
  SourcedValues values;
  if (Result<void> read = read_config_text(toml, "a.toml", values); !read) return read.error();
  return load_config(values);
}

std::string error_of(std::string_view toml) {
  const Result<Config> config = from_text(toml);
  return config ? "" : config.error().detail;
}

std::string environment_error(const std::vector<std::string>& environment) {
  SourcedValues values;
  if (Result<void> read = read_environment(environment, values); !read) return read.error().detail;
  const Result<Config> config = load_config(values);
  return config ? "" : config.error().detail;
}

TEST(LoadConfig, NothingGivenMeansTheDefaults) {
  const Result<Config> config = load_config({});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen.front().host, "127.0.0.1");
  EXPECT_EQ(config->listen.front().port, 4470);
  EXPECT_EQ(config->near_cache.max_age, std::chrono::seconds{5});
  EXPECT_TRUE(config->cache);
  EXPECT_TRUE(config->trusted_proxies.empty()) << "R126";
  EXPECT_EQ(print_config(*config), print_config(Config{}));
}

TEST(LoadConfig, ChunkedCookiesMustFitTheHead) {
  EXPECT_NE(error_of("[session]\nmax_chunks = 4\n").find("limits.header_bytes"), std::string::npos);
  EXPECT_EQ(error_of("[session]\nmax_chunks = 4\n[limits]\nheader_bytes = 24576\n"), "");
  EXPECT_EQ(error_of("[session]\nmax_chunks = 2\n"), "");
}

TEST(LoadConfig, ReadsEveryKindOfValue) {
  const Result<Config> config = from_text(R"(
[server]
listen = "[::1]:0"
threads = 3
trusted_proxies = ["10.0.0.1", "10.1.0.0/16"]
[cache]
enabled = false
[timeouts]
header = "250ms"
[log]
level = "warn"
)");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->listen.front().host, "::1");
  EXPECT_EQ(config->threads, 3U);
  EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"10.0.0.1", "10.1.0.0/16"}));
  EXPECT_FALSE(config->cache);
  EXPECT_EQ(config->timeouts.header, Millis{250});
  EXPECT_EQ(config->log_level, LogLevel::warn);
}

TEST(LoadConfig, WhatIsPrintedReadsTheSame) {
  Config config;
  config.trusted_proxies = {"10.0.0.1", "::1"};
  config.data = "a \"quoted\" \\ directory";
  config.policy = Policy::aal2();
  config.preset = "aal2";
  config.log_format = LogFormat::text;
  const std::string printed = print_config(config);
  const Result<Config> again = from_text(printed);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(print_config(*again), printed);
}

TEST(LoadConfig, APresetComesBeforeWhatRefinesItWhereverItStands) {
  const Result<Config> config = from_text("[session]\nidle = \"7m\"\npreset = \"aal3\"\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->policy.idle, std::chrono::minutes{7});
  EXPECT_EQ(config->policy.absolute, Policy::aal3().absolute);
}

TEST(LoadConfig, FlagsWinOverEnvironmentOverFile) {
  SourcedValues values;
  ASSERT_TRUE(read_config_text(
      "[server]\nthreads = 1\nmax_connections = 11\n[log]\nlevel = \"warn\"", "a.toml", values));
  ASSERT_TRUE(read_environment(
      {"LATCHKEY_SERVER_THREADS=2", "LATCHKEY_SERVER_MAX_CONNECTIONS=12", "PATH=/bin"}, values));
  ASSERT_TRUE(set_from_flag("--threads", "server.threads", "3", values));
  const Result<Config> config = load_config(values);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->threads, 3U);
  EXPECT_EQ(config->max_connections, 12U);
  EXPECT_EQ(config->log_level, LogLevel::warn);
}

TEST(LoadConfig, RefusesUnknownKeysByNameAndLine) {
  const std::string twice = error_of("[server]\nlisten = \"a:1\"\n\nlisen = \"b:2\"\n");
  EXPECT_TRUE(twice.starts_with("a.toml:4: unknown key server.lisen; did you mean server.listen?"))
      << twice;
  EXPECT_NE(error_of("[server]\nlisen = 1").find("public_url"), std::string::npos);
  EXPECT_EQ(error_of("[nothing]\na = 1").substr(0, 32), "a.toml:2: unknown key nothing.a;");
  EXPECT_EQ(error_of("listen = 1").substr(0, 28), "a.toml:1: unknown key listen");
  EXPECT_EQ(error_of("[server.listen]\na = 1").substr(0, 40),
            "a.toml:1: server.listen must be HOST:POR");
  SourcedValues values;
  EXPECT_EQ(set_from_flag("--set", "server.x", "1", values).error().detail.substr(0, 27),
            "--set: unknown key server.x");
}

TEST(LoadConfig, TheFormerNamesOfTheTakeoverStillCountAndAreTold) {
  SourcedValues values;
  ASSERT_TRUE(read_config_text("[migrate]\nuntil = \"2099-01-01T00:00:00Z\"\n", "a.toml", values));
  ASSERT_TRUE(read_environment({"LATCHKEY_MIGRATE_LUCIA_COOKIE=old"}, values));
  ASSERT_TRUE(set_from_flag("--set", "migrate.jwt_user", "sub", values));
  ASSERT_TRUE(set_from_flag("--set", "takeover.authjs_user", "id", values));
  const Result<Config> config = load_config(values);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_TRUE(config->migrate.until);
  EXPECT_EQ(config->migrate.lucia_cookie, "old");
  EXPECT_EQ(config->migrate.jwt_user, "sub");
  EXPECT_EQ(config->migrate.authjs_user, "id");
  auto told = config->old_names;
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (std::vector<std::string>{"LATCHKEY_MIGRATE_LUCIA_COOKIE", "migrate.jwt_user",
                                            "migrate.until"}));
  EXPECT_EQ(error_of("[migrate]\nnothing = 1").substr(0, 37),
            "a.toml:2: unknown key migrate.nothing");
  EXPECT_FALSE(read_environment({"LATCHKEY_MIGRATE_NOTHING=1"}, values));
}

TEST(LoadConfig, RefusesAFileThatIsNotToml) {
  EXPECT_EQ(error_of("[server]\nlisten = \n").substr(0, 9), "a.toml:2:");
  SourcedValues values;
  EXPECT_NE(read_config_file("/nonexistent/a.toml", values).error().detail.find("cannot be read"),
            std::string::npos);
}

TEST(LoadConfig, TellsWhereAWrongValueStandsAndWhatToWrite) {
  EXPECT_EQ(error_of("[server]\nthreads = \"2\""),
            "a.toml:2: server.threads must be a whole number from 0 to 1024");
  EXPECT_EQ(error_of("[server]\nthreads = 1025"),
            "a.toml:2: server.threads must be a whole number from 0 to 1024, not \"1025\"");
  EXPECT_EQ(error_of("[server]\nthreads = -1"),
            "a.toml:2: server.threads must be a whole number from 0 to 1024, not \"-1\"");
  for (const char* text :
       {"[cache]\nenabled = 1", "[timeouts]\nidle = 60", "[timeouts]\nidle = \"60\"",
        "[timeouts]\nidle = \"0\"", "[server]\ntrusted_proxies = \"10.0.0.1\"",
        "[server]\ntrusted_proxies = [1]", "[log]\nlevel = \"loud\"",
        "[session]\npreset = \"mine\"", "[server]\nlisten = \"4470\""}) {
    EXPECT_EQ(error_of(text).substr(0, 9), "a.toml:2:") << text;
  }
  EXPECT_EQ(environment_error({"LATCHKEY_SERVER_THREADS=many"}),
            "environment variable LATCHKEY_SERVER_THREADS: server.threads must be a whole number "
            "from 0 to 1024, not \"many\"");
}

TEST(LoadConfig, RefusesPasswordsHashedBelowTheFloor) {
  EXPECT_NE(error_of("[password]\nmemory_kib = 19455"), "");
  EXPECT_EQ(error_of("[password]\nmemory_kib = 19456"), "");
  EXPECT_NE(error_of("[password]\niterations = 1"), "");
  EXPECT_NE(error_of("[password]\nparallelism = 0"), "");
}

TEST(LoadConfig, RefusesPasswordsHashedAtACostThatNoLoginWouldCheck) {
  EXPECT_EQ(error_of("[password]\nmemory_kib = 1048576\niterations = 64\nparallelism = 64"), "");
  EXPECT_NE(error_of("[password]\nmemory_kib = 1048577"), "");
  EXPECT_NE(error_of("[password]\niterations = 65"), "");
  EXPECT_NE(error_of("[password]\nparallelism = 65"), "");
}

TEST(LoadConfig, RefusesValuesThatContradictEachOther) {
  EXPECT_EQ(error_of("[session]\nidle = \"2d\"\nabsolute = \"1d\"").substr(0, 9), "session: ");
  EXPECT_NE(error_of("[limits]\nrequest_line = 9000\nheader_bytes = 8000"), "");
}

TEST(LoadConfig, R126RefusesToTrustEveryProxy) {
  for (const char* entry : {"0.0.0.0/0", "::/0", "proxy"}) {
    const std::string error =
        error_of("[server]\ntrusted_proxies = [\"10.0.0.1\", \"" + std::string{entry} + "\"]");
    EXPECT_TRUE(error.starts_with("a.toml:2: server.trusted_proxies: \"" + std::string{entry}))
        << error;
  }
}

TEST(LoadConfig, TakesAListFromTheEnvironment) {
  SourcedValues values;
  ASSERT_TRUE(read_environment({"LATCHKEY_SERVER_TRUSTED_PROXIES=10.0.0.1,10.0.0.2"}, values));
  const Result<Config> config = load_config(values);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->trusted_proxies, (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
  EXPECT_EQ(environment_error({"LATCHKEY_SERVER_TRUSTED_PROXIES="}), "");
  EXPECT_EQ(environment_error({"LATCHKEY_SERVER_TRUSTED_PROXIES=10.0.0.1, 10.0.0.2 ,"}), "");
}

TEST(LoadConfig, TakesAValueFromTheFileAVariableNames) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/url";
  std::ofstream(path) << "https://a.example\n";
  SourcedValues values;
  ASSERT_TRUE(read_environment({"LATCHKEY_SERVER_PUBLIC_URL_FILE=" + path}, values));
  const Result<Config> config = load_config(values);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->public_url, "https://a.example");
  EXPECT_EQ(
      environment_error({"LATCHKEY_SERVER_PUBLIC_URL_FILE=" + path + "x"}),
      "environment variable LATCHKEY_SERVER_PUBLIC_URL_FILE: the file it names cannot be read");
}

TEST(LoadConfig, RefusesMisspeltVariablesAndNamesTheNearest) {
  const std::pair<const char*, const char*> cases[] = {
      {"LATCHKEY_SERVER_LISEN", "did you mean LATCHKEY_SERVER_LISTEN?"},
      {"LATCHKEY_SESION_IDLE", "did you mean LATCHKEY_SESSION_IDLE?"},
      {"LATCHKEY_SESSION_IDEL", "did you mean LATCHKEY_SESSION_IDLE?"},
      {"LATCHKEY_STORE_ULR_FILE", "did you mean LATCHKEY_STORE_URL_FILE?"},
      {"LATCHKEY_PUBLIC_ULR", "did you mean LATCHKEY_PUBLIC_URL?"},
      {"LATCHKEY_SERVER_PORT", "--print-config"},
      {"LATCHKEY_PORT", "--print-config"},
      {"LATCHKEY_DATABASE_PASSWORD", "--print-config"},
      {"LATCHKEY_", "--print-config"},
      {"LATCHKEY_FILE", "--print-config"}};
  for (const auto& [name, told] : cases) {
    const std::string error = environment_error({std::string{name} + "=hunter2"});
    EXPECT_TRUE(error.starts_with("unknown environment variable " + std::string{name} + ";"))
        << error;
    EXPECT_NE(error.find(told), std::string::npos) << error;
    EXPECT_EQ(error.find("hunter2"), std::string::npos) << error;
  }
}

TEST(LoadConfig, LeavesTheVariablesOfOthersAlone) {
  EXPECT_EQ(environment_error({"LATCHKEY_SECRET=x", "LATCHKEY_KEY=x", "LATCHKEYS=x", "LATCHKEY=x"}),
            "");
  // Kubernetes makes these for services called latchkey, latchkey-store and so on.
  EXPECT_EQ(environment_error({"LATCHKEY_PORT=tcp://10.0.0.1:4470", "LATCHKEY_SERVICE_HOST=a",
                               "LATCHKEY_SERVICE_PORT=4470", "LATCHKEY_SERVICE_PORT_HTTP=4470",
                               "LATCHKEY_PORT_4470_TCP=tcp://10.0.0.1:4470",
                               "LATCHKEY_PORT_4470_TCP_ADDR=a", "LATCHKEY_STORE_SERVICE_HOST=a",
                               "LATCHKEY_STORE_PORT=tcp://10.0.0.2:6379",
                               "LATCHKEY_STORE_PORT_6379_TCP_PROTO=tcp"}),
            "");
}

TEST(LoadConfig, C14TheNamesOfTheNpmPackageMeanTheSameHere) {
  SourcedValues values;
  ASSERT_TRUE(read_environment(
      {"LATCHKEY_PUBLIC_URL=https://a.example", "LATCHKEY_STORE=redis://h"}, values));
  Result<Config> config = load_config(values);
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->public_url, "https://a.example");
  EXPECT_EQ(config->store_url, "redis://h");
  EXPECT_EQ(environment_error({"LATCHKEY_PUBLIC_URL=https://a.example",
                               "LATCHKEY_SERVER_PUBLIC_URL=https://a.example"}),
            "");
  EXPECT_EQ(environment_error({"LATCHKEY_PUBLIC_URL=https://a.example",
                               "LATCHKEY_SERVER_PUBLIC_URL=https://b.example"}),
            "environment variables LATCHKEY_PUBLIC_URL and LATCHKEY_SERVER_PUBLIC_URL both set "
            "server.public_url, to different values: unset one of them");
  EXPECT_NE(environment_error({"LATCHKEY_PUBLIC_URL=localhost"}).find("https://"),
            std::string::npos);
}

TEST(LoadConfig, F8AnEmptyVariableIsNoDefault) {
  for (const char* name : {"LATCHKEY_STORE_URL", "LATCHKEY_STORE", "LATCHKEY_SERVER_PUBLIC_URL",
                           "LATCHKEY_PUBLIC_URL", "LATCHKEY_SERVER_DATA"}) {
    EXPECT_NE(environment_error({std::string{name} + "="}).find("it is empty"), std::string::npos)
        << name;
  }
  EXPECT_NE(error_of("[store]\nurl = \"\"").find("it is empty"), std::string::npos);
  EXPECT_EQ(environment_error({"LATCHKEY_METRICS_LISTEN="}), "") << "nowhere";
}

TEST(LoadConfig, F15NoMessageRepeatsAPassword) {
  for (const char* url : {"reddis://:hunter2@h", "host=h password=hunter2", "user:hunter2@h",
                          "redis:hunter2@h", " redis://:hunter2@h"}) {
    for (const char* name : {"LATCHKEY_STORE_URL", "LATCHKEY_MIGRATE_LUCIA_DATABASE"}) {
      const std::string error = environment_error({std::string{name} + "=" + url});
      EXPECT_NE(error, "") << url;
      EXPECT_EQ(error.find("hunter2"), std::string::npos) << error;
    }
    SourcedValues values;
    const auto set = set_from_flag("--set", "redis://:hunter2@h", "x", values);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().detail.find("hunter2"), std::string::npos);
  }
}

TEST(LoadConfig, ADirectoryAndAnUnknownSectionAreNoConfiguration) {
  const testing::TempDirectory directory;
  SourcedValues values;
  EXPECT_NE(read_config_file(directory.path(), values).error().detail.find("cannot be read"),
            std::string::npos);
  EXPECT_NE(environment_error({"LATCHKEY_STORE_URL_FILE=" + directory.path()})
                .find("the file it names cannot be read"),
            std::string::npos);
  EXPECT_TRUE(error_of("[sever]\n").starts_with("a.toml:1: unknown section [sever]"))
      << error_of("[sever]\n");
  EXPECT_EQ(error_of("[server]\n"), "");
  EXPECT_EQ(error_of(""), "");
}

TEST(LoadConfig, AValueIsShownOnOneLineAndBounded) {
  const std::string error =
      environment_error({"LATCHKEY_LOG_LEVEL=a\n\x1b[31m" + std::string(5000, 'x')});
  EXPECT_EQ(error.find_first_of("\n\x1b"), std::string::npos) << error;
  EXPECT_LT(error.size(), 400U);
}

TEST(LoadConfig, LettersBeyondAsciiAreForStringsAndComments) {
  EXPECT_EQ(from_text("[server] # \u00e9\ndata = \"\u00e9\"\n")->data, "\u00e9");
  EXPECT_NE(error_of("[server]\ndata = \u00e9\n"), "");
  EXPECT_NE(error_of("[migrate]\nuntil = 0\"\u00e9\"\n"), "");
}

TEST(LoadConfig, ControlCharactersArePrintedSoThatTheyAreReadAgain) {
  const Result<Config> config = from_text("[server]\ndata = \"a\\f\\u007f\\\"\\\\b\"\n");
  ASSERT_TRUE(config) << config.error().detail;
  const Result<Config> again = from_text(print_config(*config));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->data, "a\f\x7f\"\\b");
}

}  // namespace
}  // namespace latchkey::server
