#include "session/takeover/foreign.h"

#include <span>

#include "base/base64url.h"
#include "codec/json/json.h"
#include "crypto/digest.h"
#include "session/clock_skew.h"

namespace latchkey::session {

Result<bool> ForeignSource::end(std::string_view, const ForeignSession& session,
                                DenyStore& denials) {
  const Denial denial{session.key, add(session.expires_at, kClockSkew)};
  auto added = denials.deny(std::span(&denial, 1));
  if (!added) return added.error();
  return *added > 0;
}

std::string foreign_key(std::string_view text) {
  return "sha256:" + base64url_encode(crypto::sha256(crypto::as_bytes(text)));
}

std::optional<UserId> read_user(std::string_view json, std::string_view path) {
  const auto parsed = codec::parse_json(json);
  const codec::Json* value = parsed ? &*parsed : nullptr;
  for (bool more = true; more && value != nullptr;) {
    const std::size_t dot = path.find('.');
    value = value->find(path.substr(0, dot));
    more = dot != std::string_view::npos;
    if (more) path.remove_prefix(dot + 1);
  }
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->string()) return UserId::parse(*text);
  if (const auto* number = value->integer()) return UserId(*number);
  return std::nullopt;
}

}  // namespace latchkey::session
