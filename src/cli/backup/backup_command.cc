#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bad_config.h"
#include "cli/command.h"
#include "cli/config_input.h"
#include "cli/report.h"
#include "cli/store_input.h"
#include "latchkey/open_store.h"
#include "latchkey/sqlite.h"
#include "server/files/data_directory.h"
#include "server/files/private_path.h"
#include "server/files/secret_file.h"
#include "server/keys/file.h"
#include "server/serve.h"
#include "store/store_url.h"

// A backup is a directory (0700) of latchkey.db and latchkey.key (0600), which belong together.
namespace latchkey::cli {
namespace {

struct BackupInput {
  StoreInput store{};
  std::string place{};  // the directory of the backup
};

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<server::Config> config_of(const StoreInput& input) {
  std::vector<FlagValue> flags;
  if (!input.data.empty()) flags.push_back({"--data", "server.data", input.data});
  if (!input.store.empty()) flags.push_back({"--store", "store.url", input.store});
  return read_config(input.config, flags);
}

// database_of is the file of the server's store; other engines have tools of their own.
Result<std::string> database_of(const server::Config& config) {
  if (config.store_url.empty()) return server::database_path(config.data);
  const auto url = parse_store_url(config.store_url);
  if (!url) return url.error();
  if (url->scheme == "sqlite") return std::string{url->rest()};
  return bad_config("this is for SQLite; back up " + without_password(config.store_url) +
                    " with the tools of its engine, and copy " +
                    server::key_file_path(config.data));
}

// sync_directory makes what was made in a directory outlive a crash.
Result<void> sync_directory(const std::string& path) {
  const server::Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0 && ::fsync(directory.get()) == 0) return {};
  return Error{Errc::store_unavailable, path + ": " + std::strerror(errno)};
}

// copy_keys comes last: a directory without keys is no backup and no data directory.
Result<void> copy_keys(const server::KeyFile& keys, const std::string& directory) {
  Result<void> written = server::write_key_file(server::key_file_path(directory), keys);
  return written ? sync_directory(directory) : written;
}

Result<void> check_pair(const StoreMeta& meta, const server::KeyFile& keys) {
  if (meta.instance == keys.instance) return {};
  return Error{Errc::store_mismatch, "the database and the key file do not belong together"};
}

Result<void> back_up(const BackupInput& input) {
  const auto config = config_of(input.store);
  if (!config) return config.error();
  const auto database = database_of(*config);
  if (!database) return database.error();
  if (!exists(*database)) return bad_config("there is no database " + *database);
  auto keys = server::read_key_file(server::key_file_path(config->data));
  if (!keys) return keys.error();
  if (::mkdir(input.place.c_str(), 0700) != 0) {
    return bad_config("the directory " + input.place + " cannot be made: " + std::strerror(errno));
  }
  const auto meta = back_up_sqlite(*database, server::database_path(input.place));
  Result<void> done = meta ? check_pair(*meta, *keys) : Result<void>(meta.error());
  if (done) done = copy_keys(*keys, input.place);
  if (done) return done;
  std::error_code ignored;
  std::filesystem::remove_all(input.place, ignored);  // ours, made above
  return done;
}

// copy_file makes `to` with mode 0600.
Result<void> copy_file(const std::string& from, const std::string& to) {
  const server::Descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return bad_config(from + " cannot be read: " + std::strerror(errno));
  const server::Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const auto failed = [&] {
    return Error{Errc::store_unavailable, to + " cannot be written: " + std::strerror(errno)};
  };
  if (out.get() < 0) return failed();
  std::array<char, 65536> part;
  ssize_t got = 0;
  while ((got = ::read(in.get(), part.data(), part.size())) > 0) {
    if (::write(out.get(), part.data(), static_cast<std::size_t>(got)) != got) return failed();
  }
  if (got < 0 || ::fsync(out.get()) != 0) return failed();
  return {};
}

Result<void> check_target(const std::string& directory) {
  for (const std::string& one :
       {server::database_path(directory), server::database_path(directory) + "-wal",
        server::database_path(directory) + "-shm", server::key_file_path(directory)}) {
    if (exists(one)) {
      return bad_config(one + " is there: stop the server, and move it away to restore a backup");
    }
  }
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return bad_config("the data directory " + directory +
                      " cannot be made: " + std::strerror(errno));
  }
  return server::check_private_directory(directory);
}

Result<void> restore(const BackupInput& input) {
  const auto config = config_of(input.store);
  if (!config) return config.error();
  if (!config->store_url.empty()) return bad_config("a backup is restored to a data directory");
  auto keys = server::read_key_file(server::key_file_path(input.place));
  if (!keys) return keys.error();
  if (Result<void> free = check_target(config->data); !free) return free;
  const std::string database = server::database_path(config->data);
  const std::string half = database + ".restoring";
  ::unlink(half.c_str());  // of a restore that was interrupted
  Result<void> done = copy_file(server::database_path(input.place), half);
  if (done) {
    const auto meta = check_sqlite(half);
    done = meta ? check_pair(*meta, *keys) : Result<void>(meta.error());
  }
  if (done && ::rename(half.c_str(), database.c_str()) != 0) {
    done = Error{Errc::store_unavailable, database + ": " + std::strerror(errno)};
  }
  if (done) return copy_keys(*keys, config->data);
  for (const char* behind : {"", "-wal", "-shm"}) ::unlink((half + behind).c_str());
  return done;
}

int run(const BackupInput& input, Result<void> (*work)(const BackupInput&), const char* done) {
  const Result<void> worked = work(input);
  if (!worked) return fail(worked.error());
  return put(done + input.place) ? server::kExitOk : server::kExitFailed;
}

}  // namespace

void add_backup(CLI::App& program, Action& action) {
  auto input = std::make_shared<BackupInput>();
  CLI::App* backup =
      program.add_subcommand("backup", "Copy database and keys, while the server runs");
  add_store_options(*backup, input->store);
  backup->add_option("--output", input->place, "A new directory for the backup")
      ->type_name("DIR")
      ->check(not_empty())
      ->required();
  backup->footer(
      "Example:\n  latchkey backup --data latchkey-data --output backup-monday\n"
      "The copy is checked before the command ends. It holds secrets: only its owner can read it.\n"
      "PostgreSQL and Redis have tools of their own.");
  backup->callback(
      [input, &action] { action = [input] { return run(*input, back_up, "backed up to "); }; });
  CLI::App* back = program.add_subcommand("restore", "Put a backup in place, for a stopped server");
  add_store_options(*back, input->store);
  back->add_option("backup", input->place, "The directory that `latchkey backup` made")->required();
  back->footer(
      "Example:\n  latchkey restore --data latchkey-data backup-monday\n"
      "The data directory has no database and no keys yet. The backup is checked first. Sessions\n"
      "that were ended since it was made are back: end them again where that matters.");
  back->callback(
      [input, &action] { action = [input] { return run(*input, restore, "restored from "); }; });
}

}  // namespace latchkey::cli
