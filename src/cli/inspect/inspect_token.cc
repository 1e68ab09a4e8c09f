#include <array>

#include "base/base64url.h"
#include "cli/inspect/inspect.h"
#include "codec/seal/sealed_session.h"
#include "crypto/digest.h"
#include "latchkey/codec/native_seal.h"
#include "latchkey/token.h"

namespace latchkey::cli {
namespace {

constexpr std::string_view kDefaultName = "__Host-session";

void tell_row(const SessionRecord& record, const InspectWith& with, InspectReport& report) {
  report.add("user", record.user_id.empty() ? "none (a guest)" : record.user_id.text());
  report.add_time("issued", record.created_at, with.now);
  report.add_time("last seen", record.last_seen_at, with.now);
  report.add_time("idle until", record.idle_expires_at, with.now);
  report.add_time("expires", record.absolute_expires_at, with.now);
  report.add("level", std::to_string(record.level));
  report.add("revision", std::to_string(record.revision()));
  tell_content(record.attributes.empty() ? "{}" : record.attributes, with, report);
  if (with.now >= record.absolute_expires_at) {
    report.refuse("expired: its whole life is over");
  } else if (with.now >= record.idle_expires_at) {
    report.refuse("expired: not used for too long");
  }
}

// The secret is compared as the server does; the holder of the database learns nothing new by it.
bool secret_fits(const SessionToken& token, const SecretHash& hash) {
  return equal_ct(crypto::sha256(crypto::as_bytes(token.insecure_secret())), hash.bytes);
}

void look_up(const SessionToken& token, const InspectWith& with, InspectReport& report) {
  const std::array ids{token.id()};
  const auto found = with.store->sessions().find(ids, {.with_user = true, .fresh = true});
  if (!found) {
    report.add("store", std::string{"cannot be asked: "}.append(error_name(found.error().code)));
    report.leave_open("the store does not answer");
    return;
  }
  const Found& one = found->front();
  if (one.record) {
    tell_row(*one.record, with, report);
    if (!secret_fits(token, one.record->secret_hash)) {
      report.refuse("the session exists, but the secret is not its own");
    }
    if (one.user && one.user->disabled) report.refuse("its user is disabled");
    if (!report.refused()) report.accept("the session is alive");
  } else if (one.tombstone) {
    report.add_time("ended", one.tombstone->ended_at, with.now);
    report.refuse(std::string{"revoked: "}.append(end_reason_name(one.tombstone->reason)));
  } else {
    report.refuse("no such session (never made here, or pruned after its end)");
  }
}

// seal_name is the cookie's name a native seal is bound to.
std::string seal_name(const Subject& subject) {
  return subject.name.empty() ? std::string{kDefaultName} : subject.name;
}

// key_id_of reads the id a native seal names: one octet of length, then the id.
std::string key_id_of(std::string_view seal) {
  const auto body = base64url_decode(seal.substr(NativeSealer::kPrefix.size()));
  if (!body || body->empty() || body->size() <= body->front()) return {};
  return {body->begin() + 1, body->begin() + 1 + body->front()};
}

void tell_session(const codec::SealedSession& session, const InspectWith& with,
                  InspectReport& report) {
  report.add("session", session.id.text());
  report.add("user", session.user_id.empty() ? "none (a guest)" : session.user_id.text());
  report.add_time("issued", session.created_at, with.now);
  report.add_time("idle until", session.idle_expires_at, with.now);
  report.add_time("expires", session.absolute_expires_at, with.now);
  report.add("level", std::to_string(session.level));
  report.add("revision", session.revision ? std::to_string(*session.revision)
                                          : "none (seal format 1, which has no such number)");
  tell_content(session.attributes.empty() ? "{}" : session.attributes, with, report);
  if (with.now >= session.absolute_expires_at || with.now >= session.idle_expires_at) {
    report.refuse("expired");
  }
  tell_standing(session.id.text(), session.user_id, session.epoch, with, report);
}

Result<NativeSealer> make_sealer(const Subject& subject, const InspectWith& with,
                                 std::string_view key_id, std::string purpose) {
  std::vector<NativeSealKey> keys;
  if (with.ring) {
    for (const Key& key : with.ring->keys()) {
      if (key.state != KeyState::gone) keys.push_back({key.id, SecretBytes{key.secret.bytes()}});
    }
  } else if (with.key) {
    keys.push_back({std::string{key_id}, SecretBytes{with.key->bytes()}});
  }
  return NativeSealer::make(std::move(keys),
                            {.cookie_name = seal_name(subject), .purpose = std::move(purpose)});
}

void open_seal(const Subject& subject, const InspectWith& with, std::string_view key_id,
               InspectReport& report) {
  NativeSealReason reason = NativeSealReason::malformed;
  for (const std::string purpose : {"session", "session id"}) {
    const Result<NativeSealer> sealer = make_sealer(subject, with, key_id, purpose);
    if (!sealer) return report.refuse(sealer.error().detail);
    NativeUnsealed opened = sealer->unseal(subject.value);
    reason = opened.reason();
    if (!opened) continue;
    const std::string content = std::move(opened).content();
    report.add("purpose", purpose);
    if (const auto session = codec::unpack_sealed_session(content)) {
      tell_session(*session, with, report);
      if (!report.refused()) report.accept("the session is sealed in the cookie");
    } else if (const auto token = SessionToken::parse(content)) {
      report.add("session", token->id().text());
      if (with.store) return look_up(*token, with, report);
      report.leave_open("it holds a token, and no data directory was named with --data");
    } else {
      report.refuse("authentic, but no session is in it");
    }
    return;
  }
  report.refuse(
      std::string{native_seal_reason_name(reason)} +
      (reason == NativeSealReason::forged
           ? ": changed, another key, or made for another cookie than " + seal_name(subject)
           : ""));
}

}  // namespace

void inspect_token(const Subject& subject, const InspectWith& with, InspectReport& report) {
  const bool hybrid = subject.kind == SubjectKind::hybrid;
  const auto token =
      SessionToken::parse(std::string_view{subject.value}.substr(0, SessionToken::kLength));
  report.add("kind", hybrid ? "token of latchkey with a snapshot of the session beside it (hybrid)"
                            : "token of latchkey; the session is in the store");
  report.add("session", token->id().text());
  report.add("secret", "24 characters, hidden");
  report.add("key", hybrid ? "for the snapshot: " +
                                 key_id_of(subject.value.substr(SessionToken::kLength + 1))
                           : "none");
  if (with.store) {
    look_up(*token, with, report);
  } else {
    report.add("expires", "told by the store only");
    report.leave_open("no data directory was named with --data");
  }
}

void inspect_native_seal(const Subject& subject, const InspectWith& with, InspectReport& report) {
  report.add("kind", "native seal of latchkey, for the cookie " + seal_name(subject));
  const std::string id = key_id_of(subject.value);
  report.add("key", id.empty() ? "unreadable" : "key id " + id);
  if (id.empty()) return report.refuse("malformed");
  if (with.ring || with.key) return open_seal(subject, with, id, report);
  report.add("expires", "told by the sealed content only");
  report.leave_open("no key was given (--data or --key-file)");
}

}  // namespace latchkey::cli
