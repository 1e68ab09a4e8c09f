// sealed content = expires-at json   ; 8 octets, int64, big-endian, milliseconds; native seal with
//                                    ; the purpose "payload"

#include "latchkey/payload.h"

#include "base/log.h"
#include "codec/json/json.h"
#include "latchkey/codec/jwt.h"
#include "session/carriers/native_ring.h"
#include "session/carriers/time_octets.h"

namespace latchkey {
namespace {

using session::PerRing;
using session::writer_first;

// read_object returns `text` in canonical form when it is a JSON object.
std::optional<std::string> read_object(std::string_view text) {
  const auto json = codec::parse_json(text);
  if (!json || json->object() == nullptr) return std::nullopt;
  return codec::write_json(*json);
}

PerRing<JwtCodec>::Make jwt_codec(const PayloadOptions& options) {
  const JwtRules rules{.audience = options.name,
                       .type = "payload+jwt",
                       .max_bytes = options.max_bytes,
                       .entropy = options.entropy};
  return [rules](const KeyRing& ring, const Key& writer) {
    std::vector<JwtKey> keys;
    writer_first(ring, writer, [&](const Key& key) {
      keys.push_back({JwtAlgorithm::hs256, ring.derive(key, "signed payload"), key.id});
    });
    return JwtCodec::make(std::move(keys), rules);
  };
}

// without_own removes the members that encode added.
std::string without_own(std::string_view claims) {
  auto json = codec::parse_json(claims);
  if (!json) return {};
  std::erase_if(std::get<codec::Json::Object>(json->value), [](const codec::Json::Member& member) {
    return member.name == "iat" || member.name == "exp" || member.name == "aud";
  });
  return codec::write_json(*json);
}

}  // namespace

struct Payloads::Impl {
  explicit Impl(PayloadOptions given)
      : options(std::move(given)),
        clock(options.clock != nullptr ? *options.clock : system_clock()),
        sealers(options.keys, session::native_sealer({.cookie_name = options.name,
                                                      .purpose = "payload",
                                                      .max_bytes = options.max_bytes,
                                                      .entropy = options.entropy})),
        codecs(options.keys, jwt_codec(options)) {}

  Result<std::string> seal(std::string_view json, UnixTime expires_at, UnixTime now) {
    auto sealer = sealers.get(now);
    if (!sealer) return sealer.error();
    return (*sealer)->seal(session::time_octets(expires_at) + std::string(json));
  }
  Result<std::string> sign(std::string_view json, UnixTime expires_at, UnixTime now) {
    auto codec = codecs.get(now);
    if (!codec) return codec.error();
    return (*codec)->issue(json, expires_at, now);
  }
  std::optional<std::string> unseal(std::string_view text, UnixTime now, std::string_view& why);
  std::optional<std::string> verify(std::string_view text, UnixTime now, std::string_view& why);

  const PayloadOptions options;
  const Clock& clock;
  PerRing<NativeSealer> sealers;
  PerRing<JwtCodec> codecs;
};

std::optional<std::string> Payloads::Impl::unseal(std::string_view text, UnixTime now,
                                                  std::string_view& why) {
  auto sealer = sealers.get(now);
  why = "no_keys";
  if (!sealer) return std::nullopt;
  const NativeUnsealed opened = (*sealer)->unseal(text);
  why = opened ? "malformed" : native_seal_reason_name(opened.reason());
  if (!opened || opened.content().size() < session::kTimeOctets) return std::nullopt;
  const std::string_view content = opened.content();
  why = "expired";
  if (now >= session::read_time(content.substr(0, session::kTimeOctets))) return std::nullopt;
  why = "malformed";
  return read_object(content.substr(session::kTimeOctets));
}

std::optional<std::string> Payloads::Impl::verify(std::string_view text, UnixTime now,
                                                  std::string_view& why) {
  auto codec = codecs.get(now);
  why = "no_keys";
  if (!codec) return std::nullopt;
  const JwtVerdict verdict = (*codec)->verify(text, now);
  if (verdict) return without_own(verdict->claims());
  why = jwt_reason_name(verdict.reason());
  return std::nullopt;
}

Payloads::Payloads(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Payloads::~Payloads() = default;

Result<std::unique_ptr<Payloads>> Payloads::make(PayloadOptions options) {
  if (!options.keys || !options.keys->get()) {
    return Error{Errc::bad_config, "payloads need a key ring: make a key with `latchkey key new`"};
  }
  if (options.name.empty() || options.name.size() > 255) {
    return Error{Errc::bad_config, "the name of a payload has 1 to 255 bytes"};
  }
  if (!options.fallback.empty() && !read_object(options.fallback)) {
    return Error{Errc::bad_config, "the fallback of a payload is a JSON object"};
  }
  return std::unique_ptr<Payloads>(new Payloads(std::make_unique<Impl>(std::move(options))));
}

Result<std::string> Payloads::encode(std::string_view json, UnixTime expires_at) const {
  const UnixTime now = impl_->clock.now();
  const auto object = read_object(json);
  if (!object || expires_at <= now) {
    return Error{Errc::invalid_argument, "a payload is a JSON object that expires in the future"};
  }
  return impl_->options.form == PayloadForm::sealed ? impl_->seal(*object, expires_at, now)
                                                    : impl_->sign(*object, expires_at, now);
}

std::optional<std::string> Payloads::decode(std::string_view text) const {
  if (text.empty()) return std::nullopt;
  const UnixTime now = impl_->clock.now();
  std::string_view why;
  auto object = impl_->options.form == PayloadForm::sealed ? impl_->unseal(text, now, why)
                                                           : impl_->verify(text, now, why);
  if (!object) log(LogLevel::warn, "payload_refused", {{"reason", why}});
  return object;
}

std::string Payloads::decode_or_fallback(std::string_view text) const {
  auto object = decode(text);
  return object ? std::move(*object) : impl_->options.fallback;
}

}  // namespace latchkey
