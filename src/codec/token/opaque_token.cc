#include "codec/token/opaque_token.h"

#include <span>
#include <string>

#include "base/base64url.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

constexpr std::size_t kMaxOpaqueToken = 255;
constexpr std::size_t kNamedBytes = 20;

}  // namespace

std::optional<SessionId> opaque_session_id(std::string_view token) {
  if (token.empty() || token.size() > kMaxOpaqueToken || !is_base64url(token)) return std::nullopt;
  const crypto::Digest256 hash = crypto::sha256(crypto::as_bytes(token));
  return SessionId::parse("lko_" + base64url_encode(std::span(hash).first(kNamedBytes)));
}

}  // namespace latchkey::codec
