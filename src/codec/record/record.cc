#include "codec/record/record.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <string>
#include <string_view>

// record   = %x01 flags level secret-hash last-seen idle-expires created absolute authenticated
//            idle version user-id user-agent address attributes [previous] [binding]
// previous = secret-hash sealed-secret until
// user     = %x01 flags created username attributes
// The two times a touch moves have a fixed place; all others are variable, relative to created_at.
namespace latchkey::codec {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kPersistent = 1;  // flags of a record
constexpr std::uint8_t kPrevious = 2;
constexpr std::uint8_t kBinding = 4;
constexpr std::uint8_t kDisabled = 1;  // flags of a user
constexpr std::size_t kLastSeenOffset = 3 + SecretHash::kBytes;
constexpr std::size_t kIdleExpiresOffset = kLastSeenOffset + 8;
constexpr std::size_t kCreatedOffset = kIdleExpiresOffset + 8;

// Differences are taken modulo 2^64, so that every pair of times has one.
std::uint64_t bits(std::int64_t value) noexcept { return static_cast<std::uint64_t>(value); }
std::uint64_t bits(UnixTime time) noexcept { return bits(to_unix_millis(time)); }
UnixTime to_time(std::uint64_t value) noexcept {
  return from_unix_millis(static_cast<std::int64_t>(value));
}

// zigzag makes numbers near zero small, whatever their sign.
std::uint64_t zigzag(std::uint64_t value) noexcept { return (value << 1) ^ (0 - (value >> 63)); }
std::uint64_t unzigzag(std::uint64_t value) noexcept { return (value >> 1) ^ (0 - (value & 1)); }

std::uint64_t load_eight(Packed in) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, in.data(), sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

void store_fixed(std::uint8_t* out, UnixTime time) noexcept {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(bits(time) >> (8 * i));
}

class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& out) : out_(out) {}

  void octet(std::uint8_t value) { out_.push_back(value); }
  void octets(std::span<const std::uint8_t> value) {
    out_.insert(out_.end(), value.begin(), value.end());
  }
  void fixed(UnixTime time) {
    out_.resize(out_.size() + 8);
    store_fixed(out_.data() + out_.size() - 8, time);
  }
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) octet(static_cast<std::uint8_t>(value | 0x80));
    octet(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.insert(out_.end(), value.begin(), value.end());
  }

 private:
  std::vector<std::uint8_t>& out_;
};

// Reader hands out parts of its input; once one was missing or malformed, ok() is false for good.
class Reader {
 public:
  explicit Reader(Packed in) noexcept : in_(in) {}

  bool ok() const noexcept { return ok_; }
  Packed rest() const noexcept { return in_; }

  Packed octets(std::size_t count) noexcept {
    if (count > in_.size()) {
      ok_ = false;
      in_ = {};
      return {};
    }
    const Packed front = in_.first(count);
    in_ = in_.subspan(count);
    return front;
  }
  std::uint8_t octet() noexcept {
    const Packed one = octets(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  UnixTime fixed() noexcept {
    const Packed eight = octets(8);
    return eight.empty() ? UnixTime{} : to_time(load_eight(eight));
  }
  // A number has one form only: no needless octets, nothing over 64 bits. Lengths are mostly of one
  // octet, and times of five or six.
  [[gnu::always_inline]] std::uint64_t number() noexcept {
    if (!in_.empty() && in_.front() < 0x80) {
      const std::uint8_t value = in_.front();
      in_ = in_.subspan(1);
      return value;
    }
    return time_number();
  }
  std::string_view text() noexcept {
    const std::uint64_t size = number();
    const Packed front = octets(ok_ ? static_cast<std::size_t>(size) : 0);
    return {reinterpret_cast<const char*>(front.data()), front.size()};
  }
  // Most texts are empty, and so is what they are read into.
  [[gnu::always_inline]] void text(std::string& out) {
    if (const std::string_view read = text(); !read.empty() || !out.empty()) out = read;
  }
  void hash(SecretHash& out) noexcept {
    const Packed front = octets(SecretHash::kBytes);
    if (!front.empty()) std::copy_n(front.begin(), SecretHash::kBytes, out.bytes.begin());
  }

 private:
  // time_number reads up to eight octets at once, without a jump for each.
  std::uint64_t time_number() noexcept {
    constexpr std::uint64_t kMore = 0x8080'8080'8080'8080U;
    if (in_.size() < sizeof(std::uint64_t)) return long_number();
    const std::uint64_t eight = load_eight(in_);
    const std::uint64_t ends = ~eight & kMore;
    if (ends == 0) return long_number();
    const int last = std::countr_zero(ends);  // the bit that ends the number
    std::uint64_t value = eight & (~std::uint64_t{0} >> (63 - last));
    if (value >> (last - 7) == 0) ok_ = false;  // the last octet says nothing
    value = (value & 0x007f'007f'007f'007fU) | ((value & 0x7f00'7f00'7f00'7f00U) >> 1);
    value = (value & 0x0000'3fff'0000'3fffU) | ((value & 0x3fff'0000'3fff'0000U) >> 2);
    value = (value & 0x0fff'ffffU) | ((value & 0x0fff'ffff'0000'0000U) >> 4);
    in_ = in_.subspan(static_cast<std::size_t>(last / 8 + 1));
    return value;
  }

  std::uint64_t long_number() noexcept {
    constexpr std::size_t kMostOctets = 10;
    const std::size_t most = std::min(in_.size(), kMostOctets);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < most; ++i) {
      const std::uint8_t part = in_[i];
      value |= std::uint64_t{part & 0x7fU} << (7 * i);
      if (part >= 0x80) continue;
      if ((part == 0 && i > 0) || (i + 1 == kMostOctets && part > 1)) ok_ = false;
      in_ = in_.subspan(i + 1);
      return value;
    }
    ok_ = false;
    in_ = {};
    return 0;
  }

  Packed in_;
  bool ok_ = true;
};

bool read_user_id(Reader& reader, UserId& out) {
  const std::string_view text = reader.text();
  if (text.empty()) {
    out = UserId{};
    return reader.ok();
  }
  std::optional<UserId> id = UserId::parse(text);
  if (!id) return false;
  out = std::move(*id);
  return true;
}

}  // namespace

void pack_record(const SessionRecord& record, std::vector<std::uint8_t>& out) {
  Writer writer(out);
  writer.octet(kFormat);
  writer.octet(static_cast<std::uint8_t>((record.persistent ? kPersistent : 0) |
                                         (record.previous ? kPrevious : 0) |
                                         (record.binding.empty() ? 0 : kBinding)));
  writer.octet(record.level);
  writer.octets(record.secret_hash.bytes);
  writer.fixed(record.last_seen_at);
  writer.fixed(record.idle_expires_at);
  const std::uint64_t created = bits(record.created_at);
  writer.number(zigzag(created));
  writer.number(zigzag(bits(record.absolute_expires_at) - created));
  writer.number(zigzag(created - bits(record.authenticated_at)));
  writer.number(zigzag(bits(record.idle.count())));
  writer.number(zigzag(bits(record.version)));
  writer.text(record.user_id.text());
  writer.text(record.user_agent);
  writer.text(record.address);
  writer.text(record.attributes);
  if (record.previous) {
    writer.octets(record.previous->hash.bytes);
    writer.text(record.previous->sealed_secret);
    writer.number(zigzag(bits(record.previous->until) - created));
  }
  if (!record.binding.empty()) writer.text(record.binding);
}

bool unpack_record(Packed& in, SessionRecord& out) {
  Reader reader(in);
  const Packed head = reader.octets(kCreatedOffset);  // what has a fixed place, with one check
  if (head.empty() || head[0] != kFormat) return false;
  const std::uint8_t flags = head[1];
  if ((flags & ~(kPersistent | kPrevious | kBinding)) != 0) return false;
  out.persistent = (flags & kPersistent) != 0;
  out.level = head[2];
  std::memcpy(out.secret_hash.bytes.data(), head.data() + 3, SecretHash::kBytes);
  out.last_seen_at = to_time(load_eight(head.subspan(kLastSeenOffset)));
  out.idle_expires_at = to_time(load_eight(head.subspan(kIdleExpiresOffset)));
  const std::uint64_t created = unzigzag(reader.number());
  out.created_at = to_time(created);
  out.absolute_expires_at = to_time(created + unzigzag(reader.number()));
  out.authenticated_at = to_time(created - unzigzag(reader.number()));
  out.idle = Millis{static_cast<std::int64_t>(unzigzag(reader.number()))};
  out.version = static_cast<std::int64_t>(unzigzag(reader.number()));
  if (!read_user_id(reader, out.user_id)) return false;
  reader.text(out.user_agent);
  reader.text(out.address);
  reader.text(out.attributes);
  out.previous.reset();
  if ((flags & kPrevious) != 0) {
    PreviousSecret& previous = out.previous.emplace();
    reader.hash(previous.hash);
    reader.text(previous.sealed_secret);
    previous.until = to_time(created + unzigzag(reader.number()));
  }
  out.binding.clear();
  if ((flags & kBinding) != 0) {
    reader.text(out.binding);
    if (out.binding.empty()) return false;  // one form for each record
  }
  in = reader.rest();
  return reader.ok();
}

void pack_user(const User& user, std::vector<std::uint8_t>& out) {
  Writer writer(out);
  writer.octet(kFormat);
  writer.octet(user.disabled ? kDisabled : std::uint8_t{0});
  writer.number(zigzag(bits(user.created_at)));
  writer.text(user.username);
  writer.text(user.attributes);
}

bool unpack_user(Packed& in, User& out) {
  Reader reader(in);
  if (reader.octet() != kFormat) return false;
  const std::uint8_t flags = reader.octet();
  if ((flags & ~kDisabled) != 0) return false;
  out.disabled = (flags & kDisabled) != 0;
  out.created_at = to_time(unzigzag(reader.number()));
  reader.text(out.username);
  reader.text(out.attributes);
  in = reader.rest();
  return reader.ok();
}

std::optional<PackedTimes> unpack_times(Packed packed_record) noexcept {
  Reader reader(packed_record);
  reader.octets(kLastSeenOffset);
  PackedTimes times;
  times.last_seen_at = reader.fixed();
  times.idle_expires_at = reader.fixed();
  const std::uint64_t created = unzigzag(reader.number());
  times.absolute_expires_at = to_time(created + unzigzag(reader.number()));
  return reader.ok() ? std::optional{times} : std::nullopt;
}

void repack_times(std::span<std::uint8_t> packed_record, const PackedTimes& times) noexcept {
  assert(packed_record.size() >= kCreatedOffset);
  store_fixed(packed_record.data() + kLastSeenOffset, times.last_seen_at);
  store_fixed(packed_record.data() + kIdleExpiresOffset, times.idle_expires_at);
}

}  // namespace latchkey::codec
