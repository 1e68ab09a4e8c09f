#include "account/user_address.h"

#include <utility>

#include "codec/json/json.h"
#include "codec/json/text.h"
#include "latchkey/recovery.h"

namespace latchkey {
namespace {

constexpr std::string_view kEmail = "email";
constexpr std::string_view kVerified = "email_verified";
constexpr int kTriesToKeep = 5;

// set_member writes one member of a checked object. The rest stays as it is, byte by byte: a number
// may be one that no double holds.
void set_member(std::string& object, std::string_view name, std::string_view json) {
  const auto parsed = codec::JsonObject::parse(object);
  const codec::JsonValue* const had = parsed ? parsed->find(name) : nullptr;
  if (had != nullptr) {
    const auto at = static_cast<std::size_t>(had->text.data() - object.data());
    object.replace(at, had->text.size(), json);
    return;
  }
  std::string member = parsed && !parsed->members().empty() ? "," : "";
  codec::append_json_string(member, name);
  object.insert(object.rfind('}'), member.append(":").append(json));
}

// with_address returns `attributes` with a verified address in them.
Result<std::string> with_address(const std::string& attributes, const std::string& address) {
  const auto parsed = codec::parse_json(attributes.empty() ? "{}" : attributes);
  if (!parsed || parsed->object() == nullptr) {
    return Error{Errc::store_damaged, "the attributes of this user are no JSON object"};
  }
  std::string text = attributes.empty() ? "{}" : attributes;
  std::string quoted;
  codec::append_json_string(quoted, address);
  set_member(text, kEmail, quoted);
  set_member(text, kVerified, "true");
  if (text.size() <= kMaxAttributesBytes) return text;
  return Error{Errc::too_large, "the attributes of this user have no room for an address"};
}

}  // namespace

UserAddress address_of(const User& user) {
  const auto attributes = codec::parse_json(user.attributes);
  const codec::Json* const named = attributes ? attributes->find(kEmail) : nullptr;
  if (named == nullptr || named->string() == nullptr) {
    return {is_mail_address(user.username) ? user.username : std::string{}};
  }
  if (!is_mail_address(*named->string())) return {};
  const codec::Json* const verified = attributes->find(kVerified);
  const bool is_verified =
      verified != nullptr && verified->boolean() != nullptr && *verified->boolean();
  return {*named->string(), is_verified};
}

namespace account {

Result<bool> keep_address(UserStore& users, const UserId& user, const std::string& address) {
  for (int tried = 0; tried < kTriesToKeep; ++tried) {
    const auto stored = users.find_user(user);
    if (!stored) return stored.error();
    if (!*stored || (*stored)->user.disabled) return false;
    const UserAddress had = address_of((*stored)->user);
    if (!had.address.empty() && had.address != address) return false;
    const auto next = with_address((*stored)->user.attributes, address);
    if (!next) return next.error();
    const auto changed = users.set_attributes(user, (*stored)->user.attributes, *next);
    if (!changed) return changed.error();
    if (*changed) return true;
  }
  return Error{Errc::conflict, "this user was changed at the same time; try again"};
}

}  // namespace account
}  // namespace latchkey
