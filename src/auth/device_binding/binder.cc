#include "auth/device_binding/binder.h"

#include <algorithm>

#include "base/base64url_into.h"
#include "base/declassify.h"
#include "codec/json/json.h"
#include "crypto/digest.h"
#include "latchkey/safe_redirect.h"
#include "latchkey/secret.h"

namespace latchkey::auth {
namespace {

constexpr std::string_view kKeyPurpose = "latchkey device binding 1";
constexpr std::string_view kForChallenge = "c", kForCookie = "b";
constexpr std::size_t kMac = 32, kNonce = 16;
constexpr std::size_t kChallengeStem = 1 + 2 + 8 + kNonce;
constexpr std::size_t kCookieStem = 1 + 8;
constexpr std::uint8_t kCookieForm = 1;
constexpr Millis kLeastLife = std::chrono::seconds{1};
constexpr Millis kMostLife = std::chrono::minutes{10};
constexpr Millis kClockSkew = std::chrono::seconds{60};

Error refuse_binding(std::string what) {
  return {Errc::bad_config, "device_binding: " + std::move(what)};
}

void put_big(std::uint8_t* out, std::uint64_t value, std::size_t octets) noexcept {
  for (std::size_t i = octets; i-- > 0; value >>= 8) out[i] = static_cast<std::uint8_t>(value);
}
std::uint64_t take_big(const std::uint8_t* in, std::size_t octets) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < octets; ++i) value = value << 8 | in[i];
  return value;
}

std::string_view text_of(std::span<const std::uint8_t> octets) noexcept {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// read_sealed fills `out` from text of exactly its length; the MAC is not looked at.
template <std::size_t N>
bool read_sealed(std::string_view text, std::array<std::uint8_t, N>& out) noexcept {
  if (text.size() != base64url_size(N)) return false;
  std::array<std::uint8_t, base64url_size(N) / 4 * 3 + 2> octets;
  const Base64urlDecoded decoded = base64url_decode_into(text, octets.data());
  if (decoded.form != Base64urlForm::canonical || decoded.size != N) return false;
  std::copy_n(octets.begin(), N, out.begin());
  return true;
}

template <std::size_t N>
std::string sealed_text(const std::array<std::uint8_t, N>& octets) {
  std::string text(base64url_size(N), '\0');
  base64url_encode_into(octets, text.data());
  return text;
}

bool is_route(std::string_view path) {
  return path.starts_with('/') && guard::safe_redirect(path, "") == path &&
         path.find('"') == std::string_view::npos;
}

std::string_view same_site_text(SameSite same_site) noexcept {
  if (same_site == SameSite::strict) return "Strict";
  return same_site == SameSite::none ? "None" : "Lax";
}

}  // namespace

Result<Binder> Binder::make(DeviceBindingOptions options, const CookieOptions& session,
                            std::string origin, std::span<const std::uint8_t> slot_key) {
  const bool https = session.secure && origin.starts_with("https://");
  if (options.mode == DeviceBinding::require && !https) {
    return refuse_binding("`require` needs an https public URL; over http no browser binds");
  }
  if (!session.domain.empty()) {
    return refuse_binding("a cookie of a whole domain cannot be bound; leave out the domain");
  }
  if (session.partitioned) return refuse_binding("a partitioned cookie cannot be bound");
  if (options.cookie_life < kLeastLife || options.cookie_life > kMostLife) {
    return refuse_binding("cookie_life is 1 second to 10 minutes");
  }
  if (!is_route(options.register_path) || !is_route(options.refresh_path)) {
    return refuse_binding("write register_path and refresh_path as paths such as /device/register");
  }
  CookieOptions cookie = session;
  cookie.name += "-bound";
  cookie.http_only = true;
  cookie.former.clear();
  auto writer = CookieWriter::make(std::move(cookie));
  if (!writer) return writer.error();
  const crypto::Digest256 key = crypto::hmac_sha256(slot_key, crypto::as_bytes(kKeyPurpose));
  return Binder(std::move(options), *std::move(writer), std::move(origin), https, key);
}

Binder::Binder(DeviceBindingOptions options, CookieWriter cookie, std::string origin, bool offers,
               std::span<const std::uint8_t> key)
    : options_(std::move(options)),
      cookie_(std::move(cookie)),
      origin_(std::move(origin)),
      offers_(offers),
      key_(crypto::Hash::sha256, key) {}

std::array<std::uint8_t, 32> Binder::mac(std::string_view purpose, std::string_view stem,
                                         const SessionId& session) const noexcept {
  std::array<std::uint8_t, kMac> out;
  key_.mac({crypto::as_bytes(purpose), crypto::as_bytes(stem), crypto::as_bytes(session.text())},
           out);
  return out;
}

Result<std::string> Binder::challenge(ChallengeKind kind, const SessionId& session, Millis life,
                                      UnixTime now, Entropy& entropy) const {
  std::array<std::uint8_t, kChallengeStem + kMac> octets{};
  std::array<std::uint8_t, 2> order;
  if (Result<void> drawn = entropy.fill(order); !drawn) return drawn.error();
  const std::span<std::uint8_t> nonce = std::span(octets).subspan(kChallengeStem - kNonce, kNonce);
  if (Result<void> drawn = entropy.fill(nonce); !drawn) return drawn.error();
  const auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(to_unix_millis(now), 0));
  octets[0] = static_cast<std::uint8_t>(kind);
  put_big(&octets[1], static_cast<std::uint64_t>(life / std::chrono::seconds{1}), 2);
  put_big(&octets[3], millis << 16 | take_big(order.data(), 2), 8);
  const auto sealed = mac(kForChallenge, text_of(std::span(octets).first(kChallengeStem)), session);
  std::copy(sealed.begin(), sealed.end(), octets.begin() + kChallengeStem);
  return sealed_text(octets);
}

std::optional<std::uint64_t> Binder::challenge_number(std::string_view text, ChallengeKind kind,
                                                      const SessionId& session,
                                                      UnixTime now) const {
  std::array<std::uint8_t, kChallengeStem + kMac> octets;
  if (!read_sealed(text, octets)) return std::nullopt;
  const auto stem = std::span(octets).first(kChallengeStem);
  const auto expected = mac(kForChallenge, text_of(stem), session);
  const auto shown = std::span<const std::uint8_t>(octets).subspan(kChallengeStem);
  if (!declassified(equal_ct(expected, shown))) return std::nullopt;
  if (octets[0] != static_cast<std::uint8_t>(kind)) return std::nullopt;
  const std::uint64_t number = take_big(&octets[3], 8);
  const UnixTime made = from_unix_millis(static_cast<std::int64_t>(number >> 16));
  const Millis life = std::chrono::seconds{take_big(&octets[1], 2)};
  // Another node may have made it, whose clock is not quite this one.
  if (now >= made + life || made > now + kClockSkew) return std::nullopt;
  return number;
}

Result<std::string> Binder::write_cookie(const SessionId& session, UnixTime now) const {
  const UnixTime until = now + options_.cookie_life;
  std::array<std::uint8_t, kCookieStem + kMac> octets{kCookieForm};
  put_big(&octets[1], static_cast<std::uint64_t>(to_unix_millis(until)), 8);
  const auto sealed = mac(kForCookie, text_of(std::span(octets).first(kCookieStem)), session);
  std::copy(sealed.begin(), sealed.end(), octets.begin() + kCookieStem);
  return cookie_.write(sealed_text(octets), until, now);
}

bool Binder::proves(std::string_view value, const SessionId& session, UnixTime now) const noexcept {
  std::array<std::uint8_t, kCookieStem + kMac> octets;
  if (!read_sealed(value, octets) || octets[0] != kCookieForm) return false;
  const auto stem = std::span(octets).first(kCookieStem);
  const auto expected = mac(kForCookie, text_of(stem), session);
  const auto shown = std::span<const std::uint8_t>(octets).subspan(kCookieStem);
  if (!declassified(equal_ct(expected, shown))) return false;
  const UnixTime until = from_unix_millis(static_cast<std::int64_t>(take_big(&octets[1], 8)));
  // A longer life than any cookie is given is that of a clock that was wrong, or of other settings.
  return now < until && until <= now + kMostLife + kClockSkew;
}

std::string Binder::offer(std::string_view challenge) const {
  std::string out = "(ES256 RS256);path=\"";
  out.append(options_.register_path).append("\";challenge=\"").append(challenge);
  return out.append("\"");
}

std::string Binder::instructions(const SessionId& session) const {
  const CookieOptions& cookie = cookie_.options();
  std::string json = "{\"session_identifier\":\"" + std::string(session.text());
  codec::append_json_string(json.append("\",\"refresh_url\":"), options_.refresh_path);
  codec::append_json_string(json.append(",\"scope\":{\"origin\":"), origin_);
  json.append(",\"include_site\":false,\"scope_specification\":[]}");
  // Otherwise a link from another site would open the log-in page once the short cookie is over.
  json.append(",\"allowed_refresh_initiators\":[\"*\"]");
  json.append(",\"credentials\":[{\"type\":\"cookie\",\"name\":");
  codec::append_json_string(json, cookie.name);
  json.append(",\"attributes\":\"Path=").append(cookie.path);
  json.append(cookie.secure ? "; Secure" : "").append("; HttpOnly; SameSite=");
  return json.append(same_site_text(cookie.same_site)).append("\"}]}\n");
}

std::string end_instructions(const SessionId& session) {
  return "{\"session_identifier\":\"" + std::string(session.text()) + "\",\"continue\":false}\n";
}

}  // namespace latchkey::auth
