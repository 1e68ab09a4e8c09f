// claims of a signed session, beside iat and exp (= idle deadline):
//   sid  session id              sub  user id, absent for a guest
//   cat  created at              abs  absolute deadline          ath  authenticated at
//   lvl  level                   ep   epoch of the user          per  persistent cookie
//   rev  revision                att  attributes, an object, absent when empty
// Times are whole seconds, rounded down. docs/carriers.md

#include <algorithm>
#include <limits>

#include "codec/json/json.h"
#include "codec/seal/sealed_session.h"
#include "latchkey/codec/jwt.h"
#include "session/carriers/per_ring.h"
#include "session/carriers/revision.h"
#include "session/carriers/text_carrier.h"

namespace latchkey::session {
namespace {

using codec::Json;
using std::chrono::floor;
using std::chrono::seconds;

constexpr std::string_view kPurpose = "signed session";

Result<JwtCodec> make_codec(const JwtRules& rules, const KeyRing& ring, const Key& writer) {
  std::vector<JwtKey> keys;
  writer_first(ring, writer, [&](const Key& key) {
    keys.push_back({JwtAlgorithm::hs256, ring.derive(key, kPurpose), key.id});
  });
  return JwtCodec::make(std::move(keys), rules);
}

void append_number(std::string& out, std::string_view name, std::int64_t value) {
  out.append(",\"").append(name).append("\":").append(std::to_string(value));
}
void append_time(std::string& out, std::string_view name, UnixTime time) {
  append_number(out, name, to_unix_millis(time) / 1000);
}

std::string claims_of(const SessionRecord& record) {
  std::string out = R"({"sid":)";
  codec::append_json_string(out, record.id.text());
  if (!record.user_id.empty()) {
    out += R"(,"sub":)";
    codec::append_json_string(out, record.user_id.text());
  }
  append_time(out, "cat", record.created_at);
  append_time(out, "abs", record.absolute_expires_at);
  append_time(out, "ath", record.authenticated_at);
  append_number(out, "lvl", record.level);
  append_number(out, "ep", record.carried->epoch);
  append_number(out, "rev", record.carried->revision);
  append_number(out, "per", record.persistent ? 1 : 0);
  if (!record.attributes.empty()) out.append(R"(,"att":)").append(record.attributes);
  return out + "}";
}

// Claims reads members and remembers whether one of them was not what it should be.
class Claims {
 public:
  explicit Claims(const Json& claims) : claims_(claims) {}
  bool failed() const noexcept { return failed_; }

  std::int64_t number(std::string_view name, std::int64_t max) {
    const Json* member = claims_.find(name);
    const std::int64_t* value = member != nullptr ? member->integer() : nullptr;
    if (value != nullptr && *value >= 0 && *value <= max) return *value;
    failed_ = true;
    return 0;
  }
  UnixTime time(std::string_view name) {
    return from_unix_millis(number(name, to_unix_millis(kNever) / 1000) * 1000);
  }
  std::string text(std::string_view name) {
    const Json* member = claims_.find(name);
    const std::string* value = member != nullptr ? member->string() : nullptr;
    failed_ = failed_ || value == nullptr;
    return value != nullptr ? *value : std::string();
  }

 private:
  const Json& claims_;
  bool failed_ = false;
};

std::optional<SessionRecord> record_of(const VerifiedJwt& token) {
  const std::optional<Json> json = codec::parse_json(token.claims());
  if (!json || !token.expires_at()) return std::nullopt;
  Claims claims(*json);
  SessionRecord record;
  const auto id = SessionId::parse(claims.text("sid"));
  if (json->find("sub") != nullptr) {
    const auto user = UserId::parse(claims.text("sub"));
    if (!user) return std::nullopt;
    record.user_id = *user;
  }
  record.created_at = claims.time("cat");
  record.absolute_expires_at = claims.time("abs");
  record.authenticated_at = claims.time("ath");
  record.idle_expires_at = *token.expires_at();
  record.level = static_cast<std::uint8_t>(claims.number("lvl", 3));
  const auto epoch = claims.number("ep", std::numeric_limits<std::int64_t>::max());
  record.persistent = claims.number("per", 1) == 1;
  if (const Json* attributes = json->find("att")) {
    if (attributes->object() == nullptr) return std::nullopt;
    record.attributes = codec::write_json(*attributes);
  }
  // Programs before this claim wrote none.
  set_carried(record, epoch,
              json->find("rev") != nullptr ? claims.number("rev", codec::kMaxRevision)
                                           : revision_of_content(record.attributes));
  if (!id || claims.failed()) return std::nullopt;
  record.id = *id;
  return record;
}

class SignedCarrier final : public TextCarrier {
 public:
  explicit SignedCarrier(const TextCarrierOptions& options)
      : policy_(options.policy),
        codecs_(options.keys, [rules = JwtRules{.type = "sess+jwt",
                                                .max_bytes = options.max_bytes,
                                                .entropy = options.entropy}](const KeyRing& ring,
                                                                             const Key& writer) {
          return make_codec(rules, ring, writer);
        }) {}

  Result<std::string> encode(SessionRecord& record, UnixTime now) override {
    auto codec = codecs_.get(now);
    if (!codec) return codec.error();
    for (UnixTime* time : {&record.created_at, &record.authenticated_at, &record.idle_expires_at,
                           &record.absolute_expires_at}) {
      *time = floor<seconds>(*time);
    }
    return (*codec)->issue(claims_of(record), record.idle_expires_at, now);
  }

  Result<Decoded> decode(std::string_view text, UnixTime now) override {
    auto codec = codecs_.get(now);
    if (!codec) return codec.error();
    const JwtVerdict verdict = (*codec)->verify(text, now);
    Decoded decoded;
    if (!verdict) {
      decoded.why = jwt_reason_name(verdict.reason());
      if (verdict.reason() == JwtReason::expired) decoded.state = Decoded::State::expired;
      if (verdict.reason() == JwtReason::unknown_key) decoded.state = Decoded::State::unknown_key;
      return decoded;
    }
    auto record = record_of(*verdict);
    if (!record) {
      decoded.why = "bad_claims";
      return decoded;
    }
    decoded.state = Decoded::State::authentic;
    decoded.record = std::move(*record);
    complete(decoded.record, policy_, now);
    decoded.by_writer = verdict->by_primary();
    return decoded;
  }

 private:
  const Policy policy_;
  PerRing<JwtCodec> codecs_;
};

}  // namespace

std::unique_ptr<TextCarrier> make_signed_carrier(const TextCarrierOptions& options) {
  return std::make_unique<SignedCarrier>(options);
}

void complete(SessionRecord& record, const Policy& policy, UnixTime now) noexcept {
  // Under a policy without persistent cookies every session looks like one of "remember me".
  const bool browser_lived = policy.persistent && !record.persistent;
  const SessionKind kind = record.user_id.empty() ? SessionKind::guest
                           : browser_lived        ? SessionKind::browser_lived
                                                  : SessionKind::remembered;
  record.idle = lifetime_of(kind, now, policy).idle;
  const UnixTime issued = record.idle_expires_at - record.idle;
  record.last_seen_at = record.idle == Millis{0} ? record.created_at
                                                 : std::clamp(issued, record.created_at,
                                                              std::max(now, record.created_at));
}

}  // namespace latchkey::session
