#include "server/files/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bad_config.h"
#include "server/files/private_path.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

Result<void> make_directory(const std::string& directory) {
  std::error_code ec;
  const std::filesystem::path path(directory);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return bad_config("the data directory " + directory + " cannot be made: " +
                      std::strerror(errno) + "; choose another one with --data DIR");
  }
  if (!std::filesystem::is_directory(path, ec)) {
    return bad_config(directory + " is not a directory; choose another one with --data DIR");
  }
  if (::faccessat(AT_FDCWD, directory.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
    return bad_config(
        "the data directory " + directory + " cannot be written: " + std::strerror(errno) +
        "; give it to the user the server runs as, or choose another one with --data DIR");
  }
  return check_private_directory(directory);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string lost_text(const std::string& database, const std::string& keys) {
  return "the database " + database + " is gone, but " + keys +
         " belongs to one: users and sessions would be lost. Restore " + database +
         " from a backup, or mount the volume it lies on. To start over with no users on purpose, "
         "move " +
         keys + " away";
}

// What the store says, with what can be done about it. The details of an engine that is no file
// tell that themselves.
Error explain(const Error& error, std::string text, bool file, const std::string& keys) {
  switch (file || error.code == Errc::store_mismatch ? error.code : Errc::store_unavailable) {
    case Errc::store_busy:
      text += " is locked by another process. End that process or wait for it";
      break;
    case Errc::store_read_only:
      text +=
          " cannot be written. Check the owner and mode of the file and its directory, and the "
          "space on the disk";
      break;
    case Errc::store_damaged:
      text += " is damaged. Restore it from a backup";
      break;
    case Errc::store_mismatch:
      text +=
          " is not the one that " + keys +
          " belongs to. Restore the right one from a backup; to use this one on purpose, move " +
          keys + " away";
      break;
    default:
      text += " cannot be opened";
      break;
  }
  if (!error.detail.empty()) text += " (" + error.detail + ")";
  return Error{error.code, std::move(text)};
}

}  // namespace

std::string database_path(const std::string& directory) { return directory + "/latchkey.db"; }
std::string key_file_path(const std::string& directory) { return directory + "/latchkey.key"; }

std::string store_place(const std::string& directory, const std::string& store_url) {
  const Result<StoreUrl> url =
      parse_store_url(store_url.empty() ? "sqlite:" + database_path(directory) : store_url);
  if (!url || url->scheme != "sqlite") return without_password(store_url);
  std::error_code ec;
  const std::filesystem::path path = std::filesystem::absolute(url->rest(), ec);
  return "sqlite:" + (ec ? std::string{url->rest()} : path.lexically_normal().string());
}

Result<OpenedData> open_data(const std::string& directory, const std::string& store_url,
                             OpenStoreOptions options, Entropy& entropy) {
  if (Result<void> made = make_directory(directory); !made) return made.error();
  const std::string database = database_path(directory);
  const std::string keys = key_file_path(directory);

  const bool own = store_url.empty();  // the database lies beside the keys
  if (own) {
    if (Result<void> fine = check_private_database(directory, database); !fine) return fine.error();
  }
  const bool file = own || store_scheme(store_url) == "sqlite";
  const std::string name =
      own ? "the database " + database
          : "the " + std::string{store_scheme(store_url)} + " store of store.url";

  OpenedData opened;
  options.create = !exists(keys);
  opened.made_store = own && !exists(database);
  opened.made_keys = options.create;
  if (!options.create) {
    Result<KeyFile> read = read_key_file(keys);
    if (!read) return read.error();
    opened.keys = std::move(*read);
    options.expected_instance = opened.keys.instance;
    if (opened.made_store) return Error{Errc::store_mismatch, lost_text(database, keys)};
  }

  Result<std::unique_ptr<Store>> store =
      open_store(own ? "sqlite:" + database : store_url, options);
  if (!store) return explain(store.error(), name, file, keys);
  opened.store = std::move(*store);
  if (!opened.made_keys) return opened;

  // The database comes first: a start interrupted here finds it without keys and makes them.
  const Result<StoreMeta> meta = opened.store->meta().meta();
  if (!meta) return explain(meta.error(), name, file, keys);
  Result<KeyFile> made = make_key_file(meta->instance, system_clock().now(), entropy);
  if (!made) return made.error();
  opened.keys = std::move(*made);
  if (Result<void> written = write_key_file(keys, opened.keys); !written) return written.error();
  return opened;
}

}  // namespace latchkey::server
