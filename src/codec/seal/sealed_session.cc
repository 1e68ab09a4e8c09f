// session = %x01 flags level id created idle absolute authenticated epoch user-id attributes
//         / %x02 flags level id created idle absolute authenticated epoch revision user-id
//         attributes
// revision = varint  ; at most 2^53 - 1
// flags   = OCTET    ; 1: persistent, 2: an id of the opaque form
// id      = 18OCTET / 20OCTET
// created, idle, absolute, authenticated, epoch = zigzag_of varint; times but `created` relative to
// it
// user-id, attributes = varint *OCTET

#include "codec/seal/sealed_session.h"

#include <array>

#include "base/base64url_into.h"
#include "crypto/digest.h"

namespace latchkey::codec {
namespace {

constexpr unsigned char kFirstFormat = 1, kRevisedFormat = 2;
constexpr unsigned char kSealedPersistent = 1, kOpaque = 2;
constexpr std::string_view kOpaquePrefix = "lko_";
constexpr std::size_t kIdBytes = 18;        // 23 characters and one `A`
constexpr std::size_t kOpaqueIdBytes = 20;  // 27 characters

std::uint64_t zigzag_of(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t from_zigzag(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
}
// Differences are taken modulo 2^64, so that every pair of times has one.
std::int64_t minus(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

class SealedReader {
 public:
  explicit SealedReader(std::string_view text) : text_(text) {}
  bool failed() const noexcept { return failed_; }
  bool at_end() const noexcept { return text_.empty(); }

  std::string_view take(std::size_t size) noexcept {
    if (size > text_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = text_.substr(0, size);
    text_.remove_prefix(size);
    return taken;
  }
  unsigned octet() noexcept {
    const std::string_view one = take(1);
    return one.empty() ? 0 : static_cast<unsigned char>(one.front());
  }
  // varint reads the shortest form of at most 64 bits.
  std::uint64_t varint() noexcept {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = octet();
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      failed_ = failed_ || (byte == 0 && shift > 0) || (shift == 63 && byte > 1);
      return value;
    }
    failed_ = true;
    return 0;
  }
  std::string_view text() noexcept {
    const std::uint64_t size = varint();
    return failed_ ? std::string_view{} : take(size);
  }

 private:
  std::string_view text_;
  bool failed_ = false;
};

std::string pack_id(const SessionId& id, bool opaque) {
  const std::string chars =
      opaque ? std::string{id.text().substr(kOpaquePrefix.size())} : std::string{id.text()} + 'A';
  std::string bytes(chars.size(), '\0');
  bytes.resize(base64url_decode_into(chars, reinterpret_cast<std::uint8_t*>(bytes.data())).size);
  return bytes;
}

std::optional<SessionId> unpack_id(std::string_view bytes, bool opaque) {
  std::string chars(base64url_size(bytes.size()), '\0');
  base64url_encode_into(crypto::as_bytes(bytes), chars.data());
  if (opaque) return SessionId::parse(std::string{kOpaquePrefix} + chars);
  if (chars.empty() || chars.back() != 'A') return std::nullopt;
  chars.pop_back();
  return SessionId::parse(chars);
}

}  // namespace

std::string pack_sealed_session(const SealedSession& session) {
  const bool opaque = session.id.text().size() == SessionId::kOpaqueLength;
  const std::int64_t created = to_unix_millis(session.created_at);
  std::string out;
  out.push_back(static_cast<char>(session.revision ? kRevisedFormat : kFirstFormat));
  out.push_back(
      static_cast<char>((session.persistent ? kSealedPersistent : 0) | (opaque ? kOpaque : 0)));
  out.push_back(static_cast<char>(session.level));
  out += pack_id(session.id, opaque);
  put_varint(out, zigzag_of(created));
  for (const UnixTime time :
       {session.idle_expires_at, session.absolute_expires_at, session.authenticated_at}) {
    put_varint(out, zigzag_of(minus(to_unix_millis(time), created)));
  }
  put_varint(out, zigzag_of(session.epoch));
  if (session.revision) put_varint(out, static_cast<std::uint64_t>(*session.revision));
  put_text(out, session.user_id.text());
  put_text(out, session.attributes);
  return out;
}

std::optional<SealedSession> unpack_sealed_session(std::string_view packed) {
  SealedReader in{packed};
  const unsigned format = in.octet();
  const unsigned flags = in.octet();
  if ((format != kFirstFormat && format != kRevisedFormat) || flags > (kSealedPersistent | kOpaque))
    return std::nullopt;
  const bool opaque = (flags & kOpaque) != 0;
  SealedSession session;
  session.persistent = (flags & kSealedPersistent) != 0;
  session.level = static_cast<std::uint8_t>(in.octet());
  const auto id = unpack_id(in.take(opaque ? kOpaqueIdBytes : kIdBytes), opaque);
  const std::int64_t created = from_zigzag(in.varint());
  const auto time = [&] { return from_unix_millis(plus(created, from_zigzag(in.varint()))); };
  session.created_at = from_unix_millis(created);
  session.idle_expires_at = time();
  session.absolute_expires_at = time();
  session.authenticated_at = time();
  session.epoch = from_zigzag(in.varint());
  if (format == kRevisedFormat) {
    const std::uint64_t revision = in.varint();
    if (revision > static_cast<std::uint64_t>(kMaxRevision)) return std::nullopt;
    session.revision = static_cast<std::int64_t>(revision);
  }
  const std::string_view user = in.text();
  session.attributes = std::string{in.text()};
  if (in.failed() || !in.at_end() || !id) return std::nullopt;
  session.id = *id;
  if (!user.empty()) {
    const auto user_id = UserId::parse(user);
    if (!user_id) return std::nullopt;
    session.user_id = *user_id;
  }
  return session;
}

}  // namespace latchkey::codec
