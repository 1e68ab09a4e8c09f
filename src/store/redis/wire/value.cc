#include "store/redis/wire/value.h"

#include <algorithm>
#include <array>
#include <initializer_list>

// value     = record / tombstone
// record    = "R" flags level version last-seen idle-expires absolute-expires created authenticated
//             idle secret-hash user [user-agent address attributes] [previous]
//             [binding]
// tombstone = "T" reason ended-at secret-hash
// previous  = secret-hash sealed-secret until
// Numbers have six octets (version four, idle five), lowest first, in places that scripts.cc knows.
namespace latchkey::redis {
namespace {

constexpr std::int64_t kMost = (std::int64_t{1} << 48) - 1;
constexpr std::int64_t kMostIdle = (std::int64_t{1} << 40) - 1;
constexpr std::int64_t kMostVersion = (std::int64_t{1} << 32) - 1;
constexpr std::size_t kVersion = 4, kIdle = 5;
constexpr std::size_t kNumber = 6;
constexpr unsigned char kPersistent = 1;
constexpr unsigned char kPrevious = 2;
constexpr unsigned char kTexts = 4;
constexpr unsigned char kBinding = 8;
constexpr unsigned char kKnown = kPersistent | kPrevious | kTexts | kBinding;
constexpr std::size_t kTombstoneSize = 2 + kNumber + SecretHash::kBytes;

void put_number(std::string& out, std::int64_t value, std::size_t octets = kNumber) {
  for (std::size_t i = 0; i < octets; ++i) {
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}
void put_time(std::string& out, UnixTime time) { put_number(out, to_unix_millis(time)); }
void put_text(std::string& out, std::string_view text, std::size_t octets) {
  put_number(out, static_cast<std::int64_t>(text.size()), octets);
  out += text;
}
void put_hash(std::string& out, const SecretHash& hash) {
  out.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}

// Reader hands out parts of its input; once one was missing, ok() is false for good.
class Reader {
 public:
  explicit Reader(std::string_view in) noexcept : in_(in) {}

  bool at_end() const noexcept { return ok_ && in_.empty(); }
  std::string_view octets(std::size_t count) noexcept {
    if (count > in_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view front = in_.substr(0, count);
    in_.remove_prefix(count);
    return front;
  }
  std::int64_t number(std::size_t count = kNumber) noexcept {
    std::int64_t value = 0;
    const std::string_view bytes = octets(count);
    for (std::size_t i = bytes.size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
    }
    return value;
  }
  UnixTime time() noexcept { return from_unix_millis(number()); }
  std::string_view text(std::size_t octets_of_size) noexcept {
    return octets(static_cast<std::size_t>(number(octets_of_size)));
  }
  void hash(SecretHash& out) noexcept {
    const std::string_view bytes = octets(SecretHash::kBytes);
    std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  }

 private:
  std::string_view in_;
  bool ok_ = true;
};

Value unpack_tombstone(const SessionId& id, std::string_view bytes) {
  if (bytes.size() != kTombstoneSize) return {};
  Reader reader(bytes.substr(1));
  Tombstone tombstone{.id = id};
  tombstone.reason = static_cast<EndReason>(reader.number(1));
  tombstone.ended_at = reader.time();
  reader.hash(tombstone.secret_hash);
  return tombstone;
}

}  // namespace

Result<void> check_record(const SessionRecord& record) {
  const std::array times{
      record.created_at,          record.authenticated_at,
      record.last_seen_at,        record.idle_expires_at,
      record.absolute_expires_at, record.previous ? record.previous->until : UnixTime{}};
  const bool fits = std::all_of(times.begin(), times.end(), [](UnixTime time) {
    return to_unix_millis(time) >= 0 && to_unix_millis(time) <= kMost;
  });
  if (record.id.empty()) return Error{Errc::invalid_argument, "the record has no id"};
  if (!fits || record.idle.count() < 0 || record.idle.count() > kMostIdle || record.version < 0 ||
      record.version >= kMostVersion) {
    return Error{Errc::invalid_argument, "a time or the version of the record is out of range"};
  }
  if (record.user_agent.size() > kMaxUserAgentBytes || record.address.size() > kMaxAddressBytes ||
      record.attributes.size() > kMaxAttributesBytes || record.binding.size() > kMaxBindingBytes ||
      (record.previous && record.previous->sealed_secret.size() > kMaxSealedSecretBytes)) {
    return Error{Errc::too_large, "a text of the record is over its limit"};
  }
  return {};
}

std::string pack(const SessionRecord& record, std::int64_t version) {
  const bool texts =
      !record.user_agent.empty() || !record.address.empty() || !record.attributes.empty();
  std::string out = "R";
  out +=
      static_cast<char>((record.persistent ? kPersistent : 0) | (record.previous ? kPrevious : 0) |
                        (texts ? kTexts : 0) | (record.binding.empty() ? 0 : kBinding));
  out += static_cast<char>(record.level);
  put_number(out, version, kVersion);
  for (const UnixTime time :
       {record.last_seen_at, record.idle_expires_at, record.absolute_expires_at, record.created_at,
        record.authenticated_at}) {
    put_time(out, time);
  }
  put_number(out, record.idle.count(), kIdle);
  put_hash(out, record.secret_hash);
  put_text(out, record.user_id.text(), 1);
  if (texts) {
    put_text(out, record.user_agent, 2);
    put_text(out, record.address, 1);
    put_text(out, record.attributes, 2);
  }
  if (record.previous) {
    put_hash(out, record.previous->hash);
    put_text(out, record.previous->sealed_secret, 1);
    put_time(out, record.previous->until);
  }
  if (!record.binding.empty()) put_text(out, record.binding, 2);
  return out;
}

Value unpack(const SessionId& id, std::string_view bytes) {
  if (bytes.starts_with('T')) return unpack_tombstone(id, bytes);
  if (!bytes.starts_with('R')) return {};
  Reader reader(bytes.substr(1));
  SessionRecord record;
  record.id = id;
  const auto flags = static_cast<unsigned char>(reader.number(1));
  if ((flags & ~kKnown) != 0) return {};
  record.persistent = (flags & kPersistent) != 0;
  record.level = static_cast<std::uint8_t>(reader.number(1));
  record.version = reader.number(kVersion);
  for (UnixTime* time : {&record.last_seen_at, &record.idle_expires_at, &record.absolute_expires_at,
                         &record.created_at, &record.authenticated_at}) {
    *time = reader.time();
  }
  record.idle = Millis{reader.number(kIdle)};
  reader.hash(record.secret_hash);
  const std::string_view user = reader.text(1);
  if (!user.empty()) {
    std::optional<UserId> id_of_user = UserId::parse(user);
    if (!id_of_user) return {};
    record.user_id = std::move(*id_of_user);
  }
  if ((flags & kTexts) != 0) {
    record.user_agent = reader.text(2);
    record.address = reader.text(1);
    record.attributes = reader.text(2);
  }
  if ((flags & kPrevious) != 0) {
    PreviousSecret& previous = record.previous.emplace();
    reader.hash(previous.hash);
    previous.sealed_secret = reader.text(1);
    previous.until = reader.time();
  }
  if ((flags & kBinding) != 0) record.binding = reader.text(2);
  if (!reader.at_end()) return {};
  return record;
}

}  // namespace latchkey::redis
