#include "server/keys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "codec/text/time_text.h"
#include "server/files/descriptor.h"
#include "server/files/secret_file.h"
#include "server/settings/toml.h"

// File:     *comment "version = 1" "instance = " text 1*key
// key:      "[[key]]" "id = " text "state = " state ["created_at = " time] ["activates_at = " time]
//           ["secret = " text, used as it stands; none when gone]
// state:    "next" / "primary" / "read_only" / "gone"
// time:     RFC 3339 in quotes. A `next` key without activates_at waits for `latchkey key rotate`.
namespace latchkey::server {
namespace {

Error bad(const std::string& path, std::string_view text) {
  return Error{Errc::bad_config,
               std::string{"the key file "}.append(path).append(" ").append(text)};
}
Error failed(const std::string& path, std::string_view what, int error) {
  return bad(path, std::string{what}.append(": ").append(std::strerror(error)));
}

// An absent time is `otherwise`; nothing stands for one that cannot be read.
std::optional<UnixTime> read_time(const toml::table& table, std::string_view name,
                                  UnixTime otherwise) {
  if (!table.contains(name)) return otherwise;
  const auto text = table[name].value<std::string_view>();
  return text ? codec::parse_rfc3339(*text) : std::nullopt;
}

std::optional<Key> read_key(const toml::table& table) {
  const auto id = table["id"].value<std::string>();
  const auto name = table["state"].value<std::string_view>();
  if (!id || !name) return std::nullopt;
  const auto state = find_key_state(*name);
  if (!state) return std::nullopt;
  const auto created_at = read_time(table, "created_at", UnixTime{});
  const auto activates_at =
      read_time(table, "activates_at", *state == KeyState::next ? kNever : UnixTime{});
  if (!created_at || !activates_at) return std::nullopt;
  Key key{*id, *state, SecretBytes{}, *created_at, *activates_at};
  if (const auto secret = table["secret"].value<std::string_view>()) {
    key.secret = SecretBytes{*secret};
  }
  return key;
}

void append_quoted(std::string& text, std::string_view value) {
  text.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') text.push_back('\\');
    text.push_back(c);
  }
  text.append("\"\n");
}

void append_time(std::string& text, std::string_view name, UnixTime time) {
  if (time == UnixTime{} || time == kNever) return;
  append_quoted(text.append(name).append(" = "), codec::rfc3339(time));
}

// Secrets are copied here as text; the caller wipes. Room is made first, so that no copy stays
// behind in memory that was given back.
std::string file_text(const KeyFile& file) {
  std::string text;
  text.reserve(kMaxSecretFileBytes);
  text =
      "# Keys of latchkey. Whoever reads this file can act for the server: keep it secret, and "
      "keep\n"
      "# a copy together with every backup of the database. Change it with `latchkey key`.\n"
      "version = 1\n";
  append_quoted(text.append("instance = "), file.instance);
  for (const Key& key : file.keys) {
    append_quoted(text.append("\n[[key]]\nid = "), key.id);
    append_quoted(text.append("state = "), key_state_name(key.state));
    append_time(text, "created_at", key.created_at);
    append_time(text, "activates_at", key.activates_at);
    if (!key.secret.empty()) append_quoted(text.append("secret = "), key.secret.insecure_view());
  }
  return text;
}

Result<void> write_text(const std::string& path, const std::string& text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return failed(path, "cannot be made", errno);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t bytes = ::write(file.get(), text.data() + done, text.size() - done);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return failed(path, "cannot be written", errno);
    done += static_cast<std::size_t>(bytes);
  }
  if (::fsync(file.get()) != 0) return failed(path, "cannot be written", errno);
  return {};
}

Result<void> sync_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) {
    return failed(path, "cannot be made durable", errno);
  }
  return {};
}

}  // namespace

Result<KeyFile> make_key_file(std::string instance, UnixTime now, Entropy& entropy) {
  Result<Key> key = generate_key(KeyState::primary, now, now, entropy);
  if (!key) return key.error();
  KeyFile file{std::move(instance), {}};
  file.keys.push_back(*std::move(key));
  return file;
}

Result<std::shared_ptr<const KeyRing>> KeyFile::ring() const {
  std::vector<Key> copies;
  for (const Key& key : keys) copies.push_back(key.copy());
  return KeyRing::make(std::move(copies));
}

Result<KeyFile> read_key_file(const std::string& path) {
  const Result<SecretBytes> text = read_secret_file(path, "key file");
  if (!text) return text.error();
  const toml::parse_result parsed = toml::parse(text->insecure_view());
  if (!parsed) return bad(path, "is damaged; restore it from a backup");
  const toml::table& table = parsed.table();
  if (table["version"].value<std::int64_t>() != 1) {
    return bad(path, "was written by another version of latchkey, or is no key file");
  }
  KeyFile file{table["instance"].value_or(std::string{}), {}};
  if (const toml::array* keys = table["key"].as_array()) {
    for (const toml::node& node : *keys) {
      std::optional<Key> key = node.is_table() ? read_key(*node.as_table()) : std::nullopt;
      if (!key) return bad(path, "holds a damaged key; restore it from a backup");
      file.keys.push_back(std::move(*key));
    }
  }
  if (file.instance.empty()) {
    return bad(path, "must name its instance; restore it from a backup");
  }
  if (const auto ring = file.ring(); !ring) return bad(path, "is refused: " + ring.error().detail);
  return file;
}

Result<void> write_key_file(const std::string& path, const KeyFile& file) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());  // of a start that was interrupted
  std::string text = file_text(file);
  Result<void> written = write_text(temporary, text);
  wipe(text.data(), text.size());
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = failed(path, "cannot be made", errno);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_directory(path);
}

}  // namespace latchkey::server
