#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/config_input.h"
#include "latchkey/open_store.h"
#include "server/files/data_directory.h"
#include "server/keys/file.h"
#include "server/log/line_writer.h"
#include "server/serve.h"
#include "server/settings/settings.h"

namespace latchkey::cli {
namespace {

// Flags with a name of their own; --set reaches every other key.
struct Flag {
  const char* name;
  const char* key;
  const char* form;  // nullptr: a switch
  const char* help;
};
constexpr std::array kFlags{
    Flag{"--listen", "server.listen", "HOST:PORT",
         "Listen here (127.0.0.1:4470), or at unix:/PATH; may be given several times"},
    Flag{"--data", "server.data", "DIR",
         "Keep database and keys here (latchkey-data), made on the first start"},
    Flag{"--store", "store.url", "URL",
         "Keep users and sessions there instead of in a database below --data"},
    Flag{"--public-url", "server.public_url", "URL",
         "The address browsers use; needed unless listening on loopback"},
    Flag{"--allow-plain-http", "server.allow_plain_http", nullptr,
         "Listen beyond loopback though browsers use http: in a container whose port is\n"
         "published on loopback only"},
    Flag{"--threads", "server.threads", "N", "Event loops; 0: one per processor"},
    Flag{"--policy", "session.preset", "PRESET",
         "How long sessions live: default, lucia, aal1, aal2, aal3 or high_value"},
    Flag{"--carrier", "session.carrier", "CARRIER",
         "What the cookie holds: stored, encrypted_id, hybrid, sealed or signed"},
    Flag{"--log-level", "log.level", "LEVEL", "debug, info, warn or error"},
    Flag{"--log-format", "log.format", "FORMAT", "json or text"},
};

struct Input {
  std::string file;
  std::array<std::vector<std::string>, kFlags.size()> flags;
  std::vector<std::string> sets;
  bool print_config = false;
};

// join makes a list of what one flag was given several times.
std::string join(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list.append(list.empty() ? "" : ",").append(text);
  return list;
}

Result<ConfigSources> read_all(const Input& input) {
  std::vector<FlagValue> flags;
  for (const std::string& set : input.sets) {
    const std::size_t equals = set.find('=');
    if (equals == std::string::npos) {
      return Error{Errc::bad_config,
                   "--set " + without_password(set) + ": write --set section.key=value"};
    }
    flags.push_back({"--set", set.substr(0, equals), set.substr(equals + 1)});
  }
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    const std::string key = kFlags[i].key;
    if (key == "server.listen" && !input.flags[i].empty()) {
      flags.push_back({kFlags[i].name, key, join(input.flags[i])});
      continue;
    }
    for (const std::string& text : input.flags[i]) flags.push_back({kFlags[i].name, key, text});
  }
  return ConfigSources::read(input.file, flags);
}

// The keys are no settings, but they belong to what is in force; as comments, so that what is
// printed still is a configuration file. Secrets are masked.
void print_keys(const server::Config& config) {
  if (config.key_source != server::KeySource::file) return;
  const std::string path = server::key_file_path(config.data);
  const Result<server::KeyFile> file = server::read_key_file(path);
  if (!file) {
    std::printf("\n# No keys yet, or not for you to read: %s\n", path.c_str());
    return;
  }
  std::printf("\n# Keys in %s, of the store %s:\n", path.c_str(), file->instance.c_str());
  for (const Key& key : file->keys) {
    const std::string_view state = key_state_name(key.state);
    std::printf("# id = \"%s\", state = \"%.*s\", secret = \"********\"\n", key.id.c_str(),
                static_cast<int>(state.size()), state.data());
  }
}

int run(const Input& input) {
  const Result<ConfigSources> sources = read_all(input);
  const Result<server::Config> config = sources ? sources->load() : sources.error();
  if (!config) {
    server::print_line(STDERR_FILENO, "latchkey: " + config.error().detail);
    return server::kExitUsage;
  }
  if (!input.print_config) return server::serve(*config, [&] { return sources->load(); });
  std::fputs(server::print_config(*config).c_str(), stdout);
  print_keys(*config);
  return server::kExitOk;
}

}  // namespace

void add_serve(CLI::App& program, Action& action) {
  auto input = std::make_shared<Input>();
  CLI::App* command = program.add_subcommand("serve", "Run the server");
  command->footer(
      "Every setting may also stand in the file of --config, as section and key, or in the\n"
      "environment, as LATCHKEY_SECTION_KEY or LATCHKEY_SECTION_KEY_FILE. Flags win over the\n"
      "environment, the environment over the file. SIGTERM ends the server gently, SIGHUP makes\n"
      "it read the file of --config and its keys again.");
  command->add_option("--config", input->file, "Read settings from this TOML file")
      ->type_name("FILE")
      ->check(not_empty());
  for (std::size_t i = 0; i < kFlags.size(); ++i) {
    if (kFlags[i].form == nullptr) {
      command->add_flag_callback(
          kFlags[i].name, [input, i] { input->flags[i] = {"true"}; }, kFlags[i].help);
      continue;
    }
    command->add_option(kFlags[i].name, input->flags[i], kFlags[i].help)
        ->type_name(kFlags[i].form)
        ->allow_extra_args(false);
  }
  command->add_option("--set", input->sets, "Set any other key")
      ->type_name("SECTION.KEY=VALUE")
      ->allow_extra_args(false);
  command->add_flag("--print-config", input->print_config, "Print all settings and end");
  command->callback([input, &action] { action = [input] { return run(*input); }; });
}

}  // namespace latchkey::cli
