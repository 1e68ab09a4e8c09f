#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/config_input.h"
#include "cli/moment.h"
#include "cli/report.h"
#include "cli/store_input.h"
#include "codec/text/time_text.h"
#include "latchkey/open_store.h"
#include "latchkey/policy.h"
#include "server/files/data_directory.h"
#include "server/keys/life.h"
#include "server/serve.h"
#include "server/settings/units.h"

namespace latchkey::cli {
namespace {

struct KeyInput {
  std::string config;
  std::string data;
  std::string store;
  std::string id;
  std::string token_life;  // empty: what the configuration says
  bool force = false;

  bool of_server() const { return !config.empty() || !data.empty() || !store.empty(); }
};

// DirectoryLock keeps two commands from changing one key file at once.
class DirectoryLock {
 public:
  explicit DirectoryLock(const std::string& directory)
      : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        held_(fd_ >= 0 && ::flock(fd_, LOCK_EX) == 0) {}
  ~DirectoryLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  bool held() const noexcept { return held_; }

 private:
  const int fd_;
  const bool held_;
};

Result<server::Config> config_of(const KeyInput& input) {
  std::vector<FlagValue> flags;
  if (!input.data.empty()) flags.push_back({"--data", "server.data", input.data});
  if (!input.store.empty()) flags.push_back({"--store", "store.url", input.store});
  auto config = read_config(input.config, flags);
  if (config && config->key_source == server::KeySource::environment) {
    return Error{
        Errc::bad_config,
        "the keys come from the environment: put a new secret in front of the others there "
        "and restart the servers one by one"};
  }
  return config;
}

// A change edits a ring and says what it did.
using KeyChange = std::function<Result<std::string>(server::KeyFile&, UnixTime)>;

Result<std::string> change_file(const server::Config& config, const KeyChange& change) {
  const DirectoryLock lock(config.data);
  if (!lock.held()) return Error{Errc::bad_config, "there is no data directory " + config.data};
  const std::string path = server::key_file_path(config.data);
  Result<server::KeyFile> file = server::read_key_file(path);
  if (!file) return file.error();
  Result<std::string> said = change(*file, system_clock().now());
  if (!said) return said;
  if (Result<void> written = server::write_key_file(path, *file); !written) return written.error();
  return said;
}

Result<std::unique_ptr<Store>> open_key_store(const server::Config& config) {
  OpenStoreOptions options = config.store;
  options.create = false;
  if (const auto file = server::read_key_file(server::key_file_path(config.data))) {
    options.expected_instance = file->instance;
  }
  const bool own = config.store_url.empty();
  return open_store(own ? "sqlite:" + server::database_path(config.data) : config.store_url,
                    options);
}

Result<std::string> change_stored(const server::Config& config, const KeyChange& change) {
  auto store = open_key_store(config);
  if (!store) return store.error();
  auto stored = (*store)->keys().keys();
  if (!stored) return stored.error();
  if (stored->version == 0) return Error{Errc::not_found, "no server has put keys into the store"};
  server::KeyFile ring{{}, std::move(stored->keys)};
  Result<std::string> said = change(ring, system_clock().now());
  if (!said) return said;
  auto put = (*store)->keys().put_keys(ring.keys, stored->version);
  if (!put) return put.error();
  if (!*put) return Error{Errc::conflict, "the keys were changed at the same time; try again"};
  return said;
}

int change_keys(const KeyInput& input,
                const std::function<KeyChange(const server::Config&)>& make) {
  const Result<server::Config> config = config_of(input);
  if (!config) return fail(config.error());
  const bool stored = config->key_source == server::KeySource::store;
  const Result<std::string> said =
      stored ? change_stored(*config, make(*config)) : change_file(*config, make(*config));
  if (!said) return fail(said.error());
  return put(*said) ? server::kExitOk : server::kExitFailed;
}

int run_new(const KeyInput& input) {
  if (!input.of_server()) {
    const UnixTime now = system_clock().now();
    const Result<Key> key = generate_key(KeyState::primary, now, now);
    if (!key) return fail(key.error());
    return put(key->secret.insecure_view()) ? server::kExitOk : server::kExitFailed;
  }
  return change_keys(input, [](const server::Config&) -> KeyChange {
    return [](server::KeyFile& file, UnixTime now) -> Result<std::string> {
      const Result<std::string> id = server::prepare_key(file, now, system_entropy());
      if (!id) return id.error();
      return "added " + *id + "; it reads, and writes after `latchkey key rotate`";
    };
  });
}

int run_rotate(const KeyInput& input) {
  return change_keys(input, [](const server::Config&) -> KeyChange {
    return [](server::KeyFile& file, UnixTime now) -> Result<std::string> {
      const Result<std::string> id = server::rotate_keys(file, now, system_entropy());
      if (!id) return id.error();
      return *id + " writes from " + codec::rfc3339(now + 2 * server::kReloadInterval) +
             " on; running servers read it before";
    };
  });
}

int run_retire(const KeyInput& input) {
  const auto given =
      input.token_life.empty() ? std::nullopt : server::parse_duration(input.token_life);
  if (!given && !input.token_life.empty()) {
    return complain(server::kExitUsage, "--token-life: write a duration such as 30d");
  }
  return change_keys(input, [&](const server::Config& config) -> KeyChange {
    const Millis life = given.value_or(longest_life(config.policy));
    return [&input, life](server::KeyFile& file, UnixTime now) -> Result<std::string> {
      Result<void> done = server::retire_key(file, input.id, now, life, input.force);
      if (!done) return done.error();
      return input.id + " is gone; what was made with it opens no more";
    };
  });
}

std::string moment_text(UnixTime time, UnixTime now) {
  return codec::rfc3339(time) + " (" + relative_text(time, now) + ")";
}

std::string life_text(const std::vector<Key>& keys, const Key& key, UnixTime now) {
  switch (key.state) {
    case KeyState::next:
      return key.activates_at == kNever ? "waits for `latchkey key rotate`"
                                        : "writes from " + moment_text(key.activates_at, now);
    case KeyState::primary:
      return "writes";
    case KeyState::read_only: {
      const auto until = server::wrote_until(keys, key);
      return until ? "wrote until " + moment_text(*until, now) : "reads";
    }
    case KeyState::gone:
      break;
  }
  return "opens nothing";
}

Result<std::vector<Key>> read_keys(const KeyInput& input) {
  const Result<server::Config> config = config_of(input);
  if (!config) return config.error();
  if (config->key_source == server::KeySource::store) {
    auto store = open_key_store(*config);
    if (!store) return store.error();
    auto stored = (*store)->keys().keys();
    if (!stored) return stored.error();
    return std::move(stored->keys);
  }
  Result<server::KeyFile> file = server::read_key_file(server::key_file_path(config->data));
  if (!file) return file.error();
  return std::move(file->keys);
}

int run_list(const KeyInput& input) {
  Result<std::vector<Key>> keys = read_keys(input);
  if (!keys) return fail(keys.error());
  const UnixTime now = system_clock().now();
  server::settle_keys(*keys, now);
  for (const Key& key : *keys) {
    const std::string created = key.created_at == UnixTime{} ? "" : codec::rfc3339(key.created_at);
    std::printf("%-12s %-9s %-24s %s\n", key.id.c_str(),
                std::string{key_state_name(key.state)}.c_str(), created.c_str(),
                life_text(*keys, key, now).c_str());
  }
  return std::fflush(stdout) == 0 ? server::kExitOk : server::kExitFailed;
}

CLI::App* add_one(CLI::App& key, Action& action, const std::shared_ptr<KeyInput>& input,
                  const char* name, const char* help, int (*run)(const KeyInput&)) {
  CLI::App* command = key.add_subcommand(name, help);
  command->callback([input, run, &action] { action = [=] { return run(*input); }; });
  return command;
}

// add_server says whose keys are meant. The environment counts as it does for `latchkey serve`.
void add_server(CLI::App& command, KeyInput& input, bool needed) {
  CLI::Option_group* group = command.add_option_group("The server");
  group->add_option("--data", input.data, "Its data directory")
      ->type_name("DIR")
      ->check(not_empty());
  group->add_option("--config", input.config, "Its configuration file")
      ->type_name("FILE")
      ->check(not_empty());
  group->add_option("--store", input.store, "Its store, for keys.source = \"store\"")
      ->type_name("URL")
      ->check(not_empty());
  if (needed) group->require_option(1, 3);
}

}  // namespace

void add_key(CLI::App& program, Action& action) {
  CLI::App* key = program.add_subcommand("key", "Make keys, and change those of a server");
  key->require_subcommand(1);
  auto input = std::make_shared<KeyInput>();
  CLI::App* made = add_one(*key, action, input, "new", "Print a new secret", run_new);
  add_server(*made, *input, false);
  made->footer(
      "Examples:\n  latchkey key new > secret.txt\n  latchkey key new --data latchkey-data\n"
      "Prints 32 random bytes as `openssl rand -base64 32` does. With --data it adds a key to the\n"
      "server's instead, which reads at once and writes after `latchkey key rotate`.");
  CLI::App* list = add_one(*key, action, input, "list", "List the keys of a server", run_list);
  add_server(*list, *input, true);
  list->footer("Example:\n  latchkey key list --data latchkey-data");
  CLI::App* rotate = add_one(*key, action, input, "rotate", "Let another key write", run_rotate);
  add_server(*rotate, *input, true);
  rotate->footer(
      "Example:\n  latchkey key rotate --data latchkey-data\n"
      "The new key writes 20 seconds from now, when every running server has read it. The old one\n"
      "goes on reading, so nobody is logged out.");
  CLI::App* retire = add_one(*key, action, input, "retire", "Erase a key", run_retire);
  add_server(*retire, *input, true);
  retire->add_option("id", input->id, "The key, as `latchkey key list` calls it")->required();
  retire
      ->add_option("--token-life", input->token_life,
                   "The longest life of a cookie, instead of what the configuration says")
      ->type_name("DURATION");
  retire->add_flag("--force", input->force, "Even while cookies written with it live: they end");
  retire->footer(
      "Example:\n  latchkey key retire --data latchkey-data K7rJ2x0a\n"
      "An id that begins with - goes behind --: latchkey key retire --data DIR -- -Ab3dE6g");
}

}  // namespace latchkey::cli
