#include "session/takeover/foreign_cookies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "codec/jose/jose.h"
#include "codec/json/json.h"
#include "codec/seal/iron_session.h"

namespace latchkey::session {
namespace {

constexpr Millis kSealSkew = std::chrono::seconds{60};
constexpr Millis kAuthjsTolerance = std::chrono::seconds{15};

// seal_expiry reads the sixth part of a seal that has been opened.
UnixTime seal_expiry(std::string_view seal) {
  for (int star = 0; star < 5; ++star) seal.remove_prefix(seal.find('*') + 1);
  const std::string_view part = seal.substr(0, seal.find('*'));
  std::int64_t millis = 0;
  const auto read = std::from_chars(part.data(), part.data() + part.size(), millis);
  if (part.empty() || read.ec != std::errc{} || millis > to_unix_millis(kNever)) return kNever;
  return add(from_unix_millis(millis), kSealSkew);
}

ForeignRead refusal(ShapeFault fault) {
  return ForeignRead{.why = fault.why, .member = std::move(fault.member)};
}

class IronSource final : public ForeignSource {
 public:
  IronSource(Sealer sealer, SessionShape shape)
      : sealer_(std::move(sealer)), shape_(std::move(shape)) {}

  std::string_view name() const noexcept override { return "iron_session"; }

  Result<ForeignRead> read(std::string_view text, UnixTime now) override {
    // What stands behind the first ~ is not authenticated: it must not make another cookie of it.
    const std::string_view seal = codec::split_iron_cookie(text).seal;
    Unsealed opened = sealer_.unseal(seal, now);
    if (!opened) return ForeignRead{.why = seal_reason_name(opened.reason())};
    std::string json = std::move(opened).json();
    const auto content = codec::parse_json(json);
    if (!content || content->object() == nullptr) return ForeignRead{.why = "no_object"};
    if (auto fault = find_fault(*content, shape_)) return refusal(std::move(*fault));
    auto user = read_user(json, shape_.user);
    if (!user) return ForeignRead{.why = "no_user"};
    return ForeignRead{.session = ForeignSession{.user_id = std::move(*user),
                                                 .attributes = std::move(json),
                                                 .expires_at = seal_expiry(seal),
                                                 .key = foreign_key(seal)}};
  }

 private:
  const Sealer sealer_;
  const SessionShape shape_;
};

// without_times leaves out the claims that are about the token and not about the user.
std::string without_times(codec::Json claims) {
  static constexpr std::array<std::string_view, 6> kTokenClaims{"iat", "exp", "nbf",
                                                                "jti", "iss", "aud"};
  auto& members = std::get<codec::Json::Object>(claims.value);
  std::erase_if(members, [](const codec::Json::Member& member) {
    return std::find(kTokenClaims.begin(), kTokenClaims.end(), member.name) != kTokenClaims.end();
  });
  return codec::write_json(claims);
}

// ClaimsSource reads cookies whose sessions are the claims of a token.
class ClaimsSource : public ForeignSource {
 public:
  ClaimsSource(std::string user_path, Millis tolerance)
      : user_path_(std::move(user_path)), tolerance_(tolerance) {}

  Result<ForeignRead> read(std::string_view text, UnixTime now) override {
    JoseOutcome outcome = open(text, now);
    if (auto* error = std::get_if<JoseError>(&outcome)) {
      return ForeignRead{.why = "refused", .member = std::move(error->claim)};
    }
    const std::string& json = std::get<JoseToken>(outcome).payload;
    auto claims = codec::parse_json(json);
    if (!claims || claims->object() == nullptr) return ForeignRead{.why = "no_object"};
    if (auto fault = judge(*claims, std::get<JoseToken>(outcome).protected_header)) {
      return refusal(std::move(*fault));
    }
    const codec::Json* expiry = claims->find("exp");
    if (expiry == nullptr || expiry->integer() == nullptr) {
      return ForeignRead{.why = "missing_expiry"};
    }
    // Beyond kNever it would overflow; decode has judged it already.
    const std::int64_t unix_seconds = std::min(*expiry->integer(), to_unix_millis(kNever) / 1000);
    auto user = read_user(json, user_path_);
    if (!user) return ForeignRead{.why = "no_user"};
    return ForeignRead{.session = ForeignSession{
                           .user_id = std::move(*user),
                           .attributes = without_times(std::move(*claims)),
                           .expires_at = add(from_unix_millis(unix_seconds * 1000), tolerance_),
                           .key = foreign_key(text)}};
  }

 private:
  virtual JoseOutcome open(std::string_view text, UnixTime now) const = 0;
  virtual std::optional<ShapeFault> judge(const codec::Json& claims,
                                          std::string_view header) const = 0;
  const std::string user_path_;
  const Millis tolerance_;
};

class AuthjsSource final : public ClaimsSource {
 public:
  AuthjsSource(AuthjsCookies cookies, SessionShape shape)
      : ClaimsSource(shape.user, kAuthjsTolerance),
        cookies_(std::move(cookies)),
        shape_(std::move(shape)) {}
  std::string_view name() const noexcept override { return "authjs"; }

 private:
  JoseOutcome open(std::string_view text, UnixTime now) const override {
    return cookies_.decode(text, now);
  }
  // The callback `jwt` of an application puts whatever it likes into its sessions.
  std::optional<ShapeFault> judge(const codec::Json& claims,
                                  std::string_view header) const override {
    if (auto fault = find_header_fault(header, "")) return fault;
    return find_fault(claims, shape_);
  }
  const AuthjsCookies cookies_;
  const SessionShape shape_;
};

class JwtSource final : public ClaimsSource {
 public:
  JwtSource(SecretBytes key, JwtShape shape)
      : ClaimsSource(shape.user, Millis{0}), key_(std::move(key)), shape_(std::move(shape)) {
    options_.algorithms = {"HS256"};
    if (!shape_.issuer.empty()) {
      options_.issuer = {shape_.issuer};
      shape_.members.push_back({.name = "iss"});
    }
    if (!shape_.audience.empty()) {
      options_.audience = {shape_.audience};
      shape_.members.push_back({.name = "aud"});
    }
  }
  std::string_view name() const noexcept override { return "jwt"; }

 private:
  JoseOutcome open(std::string_view text, UnixTime now) const override {
    return jose_verify(text, key_.bytes(), options_,
                       static_cast<double>(to_unix_millis(now)) / 1000);
  }
  std::optional<ShapeFault> judge(const codec::Json& claims,
                                  std::string_view header) const override {
    if (auto fault = find_header_fault(header, shape_.type)) return fault;
    return find_token_fault(claims, shape_);
  }
  const SecretBytes key_;
  JwtShape shape_;
  JoseOptions options_;
};

}  // namespace

std::unique_ptr<ForeignSource> make_iron_source(Sealer sealer, SessionShape shape) {
  return std::make_unique<IronSource>(std::move(sealer), std::move(shape));
}

std::unique_ptr<ForeignSource> make_authjs_source(AuthjsCookies cookies, SessionShape shape) {
  return std::make_unique<AuthjsSource>(std::move(cookies), std::move(shape));
}

std::unique_ptr<ForeignSource> make_jwt_source(SecretBytes key, JwtShape shape) {
  return std::make_unique<JwtSource>(std::move(key), std::move(shape));
}

}  // namespace latchkey::session
