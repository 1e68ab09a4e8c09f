#include "session/session_shape.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace latchkey::session {
namespace {

using codec::Json;

// Claims that sessions have in the tutorials and in the systems that are taken over.
constexpr std::array<std::string_view, 12> kUsualClaims{
    "iat",       "exp",     "nbf",       "jti",  "sub",   "sid",
    "sessionid", "expires", "expiresat", "role", "roles", "isloggedin"};

// Names of members that say what something is for, and parts of such names.
constexpr std::array<std::string_view, 18> kPurposeNames{
    "act",   "action", "aud", "audience", "iss", "issuer", "intent", "kind", "otp",
    "scope", "scopes", "scp", "tokenuse", "typ", "type",   "usage",  "use",  "for"};
constexpr std::array<std::string_view, 10> kPurposeParts{
    "purpose",     "tokentype",  "tokenuse",    "reset",        "verification",
    "verifyemail", "invitation", "unsubscribe", "confirmation", "magiclink"};

constexpr std::array<std::string_view, 6> kSecondFactors{"mfa",          "2fa",  "twofactor",
                                                         "secondfactor", "totp", "otp"};
constexpr std::array<std::string_view, 4> kDone{"verified", "passed", "done", "complete"};
constexpr std::array<std::string_view, 4> kMissing{"pending", "required", "needed", "awaiting"};
constexpr std::array<std::string_view, 4> kLoggedIn{"isloggedin", "loggedin", "authenticated",
                                                    "isauthenticated"};

// plain_name drops everything but letters and digits: tokenUse, token_use and TOKEN-USE are one.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain.push_back(c);
    if (c >= 'A' && c <= 'Z') plain.push_back(static_cast<char>(c - 'A' + 'a'));
  }
  return plain;
}

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Parts>
bool has_part(std::string_view name, const Parts& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  });
}

bool speaks_of_purpose(std::string_view name) {
  const std::string plain = plain_name(name);
  return is_one_of(plain, kPurposeNames) || has_part(plain, kPurposeParts);
}

// The truth of a flag in whatever way a row or a token writes it; PostgreSQL writes t and f.
std::optional<bool> truth(const Json& value) {
  if (const std::string* text = value.string()) {
    const std::string plain = plain_name(*text);
    if (plain == "t" || plain == "true" || plain == "1") return true;
    if (plain == "f" || plain == "false" || plain == "0") return false;
    return std::nullopt;
  }
  if (const bool* flag = value.boolean()) return *flag;
  if (const auto* number = value.integer()) return *number != 0;
  if (std::holds_alternative<std::nullptr_t>(value.value)) return false;
  return std::nullopt;
}

// A password was right, but the second factor has not come yet; or the user logged out.
bool is_unfinished(const Json::Member& member) {
  const std::optional<bool> flag = truth(member.value);
  if (!flag) return false;
  const std::string name = plain_name(member.name);
  if (is_one_of(name, kLoggedIn)) return !*flag;
  if (!has_part(name, kSecondFactors)) return false;
  return has_part(name, kDone) ? !*flag : has_part(name, kMissing) && *flag;
}

const ExpectedMember* find_expected(const SessionShape& shape, std::string_view name) {
  const auto found = std::find_if(shape.members.begin(), shape.members.end(),
                                  [&](const ExpectedMember& m) { return m.name == name; });
  return found == shape.members.end() ? nullptr : &*found;
}

bool has_value(const Json& value, std::string_view wanted) {
  if (wanted == "*") return true;
  if (const std::string* text = value.string()) return *text == wanted;
  return codec::write_json(value) == wanted;
}

std::optional<ShapeFault> find_missing(const Json& content, const SessionShape& shape) {
  for (const ExpectedMember& member : shape.members) {
    if (member.values.empty()) continue;
    const Json* value = content.find(member.name);
    const bool right = value != nullptr && std::any_of(member.values.begin(), member.values.end(),
                                                       [&](const std::string& wanted) {
                                                         return has_value(*value, wanted);
                                                       });
    if (!right) return ShapeFault{"not_as_expected", member.name};
  }
  return std::nullopt;
}

// Members of one object; `path` is what of the user's path leads on from here.
std::optional<ShapeFault> find_foreign_member(const Json& object, const SessionShape& shape,
                                              std::string_view path, bool only_known) {
  const std::string_view root = path.substr(0, path.find('.'));
  for (const Json::Member& member : *object.object()) {
    if (member.name == root || find_expected(shape, member.name) != nullptr) continue;
    if (is_unfinished(member)) return ShapeFault{"login_unfinished", member.name};
    if (speaks_of_purpose(member.name)) return ShapeFault{"other_purpose", member.name};
    if (only_known && !is_one_of(plain_name(member.name), kUsualClaims)) {
      return ShapeFault{"unexpected_member", member.name};
    }
  }
  const Json* inner = object.find(root);
  if (inner == nullptr || inner->object() == nullptr || root.size() == path.size()) {
    return std::nullopt;
  }
  return find_foreign_member(*inner, shape, path.substr(root.size() + 1), false);
}

std::optional<ShapeFault> judge(const Json& content, const SessionShape& shape, bool only_known) {
  if (auto fault = find_missing(content, shape)) return fault;
  return find_foreign_member(content, shape, shape.user, only_known);
}

// RFC 7515 lets `typ` leave out "application/"; types are compared without case.
std::string type_name(std::string_view type) {
  std::string name(type);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::string_view kPrefix = "application/";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

}  // namespace

ExpectedMembers read_expected_members(const std::vector<std::string>& entries) {
  ExpectedMembers read;
  for (const std::string& entry : entries) {
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    const bool valued = equals != std::string::npos;
    if (name.empty()) return {.error = "\"" + entry + "\" names no member"};
    if (!valued && speaks_of_purpose(name)) {
      return {.error = "\"" + name + "\" tells what something is for: write \"" + name +
                       "=VALUE\" with the value it has in a session, or \"" + name +
                       "=*\" for any"};
    }
    auto found = std::find_if(read.members.begin(), read.members.end(),
                              [&](const ExpectedMember& m) { return m.name == name; });
    if (found == read.members.end()) {
      read.members.push_back({.name = name});
      found = std::prev(read.members.end());
    }
    if (valued) found->values.push_back(entry.substr(equals + 1));
  }
  return read;
}

std::optional<ShapeFault> find_fault(const codec::Json& content, const SessionShape& shape) {
  return judge(content, shape, false);
}

std::optional<ShapeFault> find_token_fault(const codec::Json& claims, const SessionShape& shape) {
  return judge(claims, shape, true);
}

std::optional<ShapeFault> find_header_fault(std::string_view header, std::string_view type) {
  static constexpr std::array<std::string_view, 4> kPlain{"alg", "enc", "kid", "typ"};
  const auto parsed = codec::parse_json(header);
  if (!parsed || parsed->object() == nullptr) return ShapeFault{"no_object", {}};
  for (const Json::Member& member : *parsed->object()) {
    if (!is_one_of(member.name, kPlain)) return ShapeFault{"unexpected_header", member.name};
  }
  const Json* typ = parsed->find("typ");
  const std::string* text = typ != nullptr ? typ->string() : nullptr;
  const bool right = type.empty() ? typ == nullptr || (text != nullptr && type_name(*text) == "jwt")
                                  : text != nullptr && type_name(*text) == type_name(type);
  if (!right) return ShapeFault{"other_type", "typ"};
  return std::nullopt;
}

}  // namespace latchkey::session
