#include "codec/seal/passwords.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/bad_config.h"
#include "codec/json/text.h"
#include "codec/seal/iron_session.h"

namespace latchkey::codec {
namespace {

Result<std::vector<SealPassword>> read_map(const JsonObject& map, std::string_view id) {
  std::vector<SealPassword> passwords;
  std::vector<std::string> ids;
  for (const JsonMember& member : map.members()) {
    auto password = json_string(member.value);
    if (!password)
      return bad_config("the key file is a JSON object, but not of texts by password id");
    ids.push_back(json_name(member));
    passwords.push_back({ids.back(), SealSecret::text(*password)});
    wipe(password->data(), password->size());
  }
  std::optional<std::size_t> first;
  if (id.empty()) {
    first = iron_session_primary({ids.begin(), ids.end()});
    if (!first) return bad_config("the ids in the key file are no numbers: name one with --id ID");
  } else {
    const auto found = std::find(ids.begin(), ids.end(), id);
    if (found == ids.end()) return bad_config("the key file has no password with this id");
    first = static_cast<std::size_t>(found - ids.begin());
  }
  std::swap(passwords.front(), passwords[*first]);
  return passwords;
}

}  // namespace

Result<std::vector<SealPassword>> read_passwords(const SecretBytes& key, bool raw,
                                                 std::string_view id) {
  if (!raw) {
    if (const auto map = JsonObject::parse(key.insecure_view())) return read_map(*map, id);
  }
  std::vector<SealPassword> passwords;
  passwords.push_back({std::string{id}, raw ? SealSecret::raw_key(key.bytes())
                                            : SealSecret::text(key.insecure_view())});
  return passwords;
}

}  // namespace latchkey::codec
