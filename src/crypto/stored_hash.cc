#include "crypto/stored_hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <string>
#include <utility>

#include "base/text.h"

// The forms that are read. A number has no leading zeros; b64 is base64 without padding, or with
// it.
//
//   argon2    $argon2{d,i,id}$[v={16,19}$]m=M,t=T,p=P[,keyid=ID]$b64 salt$b64 tag, parameters in
//             any order    (PHC)
//   bcrypt    $2{a,b,y}$CC$ 22 characters of salt, 31 of hash
//   scrypt    $scrypt$ln=L,r=R,p=P$b64 salt$b64 key      (PHC; Kratos writes N where L belongs)
//             scrypt:N:R:P$salt$hex key                  (Werkzeug)
//   lucia     [s2:]salt:hex key      N=2^14, r=16, p=1; salts of 16 letters without s2: r=8
//   pbkdf2    $pbkdf2-HASH$i=I[,l=L]$b64 salt$b64 key    (PHC; Kratos)
//             $pbkdf2-HASH$I$b64 salt$b64 key, $pbkdf2$...: SHA-1, `.` is `+`    (passlib)
//             pbkdf2_HASH$I$salt$base64 key              (Django)
//             pbkdf2:HASH:I$salt$hex key                 (Werkzeug)
namespace latchkey::crypto {
namespace {

// What a stored hash may ask for at most (R74): about a second of work, and 256 MiB.
constexpr std::uint64_t kMostScryptBytes = 256 * 1024 * 1024;
constexpr std::uint64_t kMostScryptUnits = std::uint64_t{1} << 22;
constexpr std::uint32_t kMostIterations = 2'500'000;
constexpr std::uint32_t kLeastBcrypt = 4, kMostBcrypt = 15;
constexpr std::size_t kMostText = 1024, kMostSalt = 256, kLeastKey = 16, kMostKey = 64;

using MaybeHash = std::optional<StoredHash>;

// take_text reads `name` off the front of `text`.
bool take_text(std::string_view& text, std::string_view name) noexcept {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  return true;
}

// take_number reads "<name><number>" off the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view name) noexcept {
  if (!take_text(text, name) || text.empty()) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || (text.front() == '0' && size > 1)) return std::nullopt;
  text.remove_prefix(size);
  return number;
}

// take_field reads up to `end`, which goes as well.
std::optional<std::string_view> take_field(std::string_view& text, char end) noexcept {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view field = text.substr(0, at);
  text.remove_prefix(at + 1);
  return field;
}

int base64_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '.') return 62;
  return c == '/' ? 63 : -1;
}

// decode_base64 wants nothing in the bits that are left over.
std::optional<std::string> decode_base64(std::string_view text) {
  for (int pad = 0; pad < 2 && text.ends_with('='); ++pad) text.remove_suffix(1);
  if (text.empty() || text.size() % 4 == 1) return std::nullopt;
  std::string out;
  unsigned unread_bits = 0, unread = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    unread = (unread << 6 | static_cast<unsigned>(value)) & 0xfffU;
    unread_bits += 6;
    if (unread_bits < 8) continue;
    unread_bits -= 8;
    out += static_cast<char>(unread >> unread_bits & 0xffU);
  }
  if ((unread & ((1U << unread_bits) - 1)) != 0) return std::nullopt;
  return out;
}

std::optional<std::string> decode_hex(std::string_view text) {
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = value(text[i]), low = value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

// take_parameters reads "m=M,t=T,p=P" in any order, as libraries write it, and the id of a pepper.
bool take_parameters(std::string_view text, StoredHash& made) {
  std::array<std::optional<std::uint32_t>, 3> numbers;
  constexpr std::array<std::string_view, 3> kParameters{"m=", "t=", "p="};
  while (!text.empty()) {
    std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (take_text(one, "keyid=")) {
      if (one.empty() || !made.pepper_id.empty()) return false;
      made.pepper_id = one;
      continue;
    }
    std::size_t i = 0;
    while (i < kParameters.size() && !one.starts_with(kParameters[i])) ++i;
    if (i == kParameters.size() || numbers[i]) return false;
    numbers[i] = take_number(one, kParameters[i]);
    if (!numbers[i] || !one.empty()) return false;
  }
  if (!numbers[0] || !numbers[1] || !numbers[2]) return false;
  made.argon2 = {*numbers[0], *numbers[1], *numbers[2]};
  return true;
}

bool bearable(const Argon2Cost& cost) noexcept {
  const Argon2Cost& most = kMostArgon2Cost;
  return cost.memory_kib <= most.memory_kib && cost.iterations <= most.iterations &&
         cost.parallelism <= most.parallelism && cost.parallelism >= 1 && cost.iterations >= 1 &&
         cost.memory_kib >= 8 * cost.parallelism;
}

// libargon2 reads one order of the parameters, no pepper, and base64 without padding.
MaybeHash read_argon2(std::string_view hash, StoredHash::Argon2Type type, std::string_view name) {
  constexpr std::size_t kLeastSalt = 8, kLeastTag = 4;
  hash.remove_prefix(name.size());
  StoredHash made{.argon2_type = type, .argon2_version = 16};
  if (hash.starts_with("v=")) {
    const auto version = take_number(hash, "v=");
    if (!version || (*version != 16 && *version != 19) || !take_text(hash, "$")) {
      return std::nullopt;
    }
    made.argon2_version = *version;
  }
  const auto parameters = take_field(hash, '$');
  if (!parameters || !take_parameters(*parameters, made) || !bearable(made.argon2)) {
    return std::nullopt;
  }
  if (type != StoredHash::Argon2Type::id && !made.pepper_id.empty()) return std::nullopt;
  const auto salt = take_field(hash, '$');
  if (!salt || salt->find_first_of("=.") != std::string_view::npos ||
      hash.find_first_of("=.") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto salt_octets = decode_base64(*salt), tag_octets = decode_base64(hash);
  if (!salt_octets || !tag_octets || salt_octets->size() < kLeastSalt ||
      tag_octets->size() < kLeastTag) {
    return std::nullopt;
  }
  made.work = {HashFamily::argon2, work_of(made.argon2)};
  made.text.append(name).append("v=").append(std::to_string(made.argon2_version));
  made.text.append("$m=").append(std::to_string(made.argon2.memory_kib));
  made.text.append(",t=").append(std::to_string(made.argon2.iterations));
  made.text.append(",p=").append(std::to_string(made.argon2.parallelism));
  made.text.append("$").append(*salt).append("$").append(hash);
  return made;
}

// $2a$ of today is $2b$: what old libraries got wrong in it are passwords of more than 255 bytes.
MaybeHash read_bcrypt(std::string_view hash) {
  constexpr std::size_t kSize = 60, kHead = 7;
  const auto of_alphabet = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '.' && c <= '9');
  };
  if (hash.size() != kSize || hash[3] != '$' || hash[6] != '$' ||
      !std::all_of(hash.begin() + kHead, hash.end(), of_alphabet)) {
    return std::nullopt;
  }
  std::uint32_t cost = 0;
  const auto [end, error] = std::from_chars(hash.data() + 4, hash.data() + 6, cost);
  if (error != std::errc{} || end != hash.data() + 6 || cost < kLeastBcrypt || cost > kMostBcrypt) {
    return std::nullopt;
  }
  StoredHash made{.work = {HashFamily::bcrypt, std::uint64_t{1} << cost}};
  made.text = "$2b" + std::string(hash.substr(3));
  return made;
}

bool fine_octets(const std::string& salt, const std::string& key) noexcept {
  return !salt.empty() && salt.size() <= kMostSalt && key.size() >= kLeastKey &&
         key.size() <= kMostKey;
}

MaybeHash make_scrypt(std::uint64_t n, std::uint32_t r, std::uint32_t p, std::string salt,
                      std::string key) {
  if (n < 2 || !std::has_single_bit(n) || n > kMostScryptUnits || r < 1 || p < 1 ||
      r > kMostScryptUnits || p > kMostScryptUnits || n * r > kMostScryptBytes / 128 ||
      n * r * p > kMostScryptUnits || !fine_octets(salt, key)) {
    return std::nullopt;
  }
  StoredHash made{.work = {HashFamily::scrypt, n * r * p}, .n = n, .r = r, .p = p};
  made.salt = std::move(salt);
  made.key = std::move(key);
  return made;
}

MaybeHash read_scrypt_phc(std::string_view hash) {
  const auto log = take_number(hash, "ln=");
  const auto r = log ? take_number(hash, ",r=") : std::nullopt;
  const auto p = r ? take_number(hash, ",p=") : std::nullopt;
  const auto salt = p && take_text(hash, "$") ? take_field(hash, '$') : std::nullopt;
  if (!salt) return std::nullopt;
  const std::uint64_t n = *log < 32 ? std::uint64_t{1} << *log : *log;
  auto salt_octets = decode_base64(*salt), key = decode_base64(hash);
  if (!salt_octets || !key) return std::nullopt;
  return make_scrypt(n, *r, *p, *std::move(salt_octets), *std::move(key));
}

MaybeHash read_scrypt_werkzeug(std::string_view hash) {
  const auto n = take_number(hash, "");
  const auto r = n ? take_number(hash, ":") : std::nullopt;
  const auto p = r ? take_number(hash, ":") : std::nullopt;
  const auto salt = p && take_text(hash, "$") ? take_field(hash, '$') : std::nullopt;
  if (!salt) return std::nullopt;
  auto key = decode_hex(hash);
  if (!key) return std::nullopt;
  return make_scrypt(*n, *r, *p, std::string(*salt), *std::move(key));
}

// The salt is the text itself, not the octets it may stand for.
MaybeHash read_lucia(std::string_view hash) {
  constexpr std::size_t kOldestSalt = 16, kKey = 64;
  const bool legacy = take_text(hash, "s2:");
  const auto salt = take_field(hash, ':');
  if (!salt) return std::nullopt;
  const auto letter = [](char c) { return is_alphanumeric(c); };
  if (!std::all_of(salt->begin(), salt->end(), letter)) return std::nullopt;
  auto key = decode_hex(hash);
  if (!key || key->size() != kKey) return std::nullopt;
  const bool oldest = !legacy && salt->size() == kOldestSalt;
  auto made = make_scrypt(16384, oldest ? 8 : 16, 1, std::string(*salt), *std::move(key));
  if (made) made->nfkc_only = true;
  return made;
}

struct Digest {
  std::string_view name;
  HashFamily family;
  std::size_t octets;
};
constexpr std::array<Digest, 3> kDigests{{{"sha1", HashFamily::pbkdf2_sha1, 20},
                                          {"sha256", HashFamily::pbkdf2_sha256, 32},
                                          {"sha512", HashFamily::pbkdf2_sha512, 64}}};

const Digest* take_digest(std::string_view& hash) noexcept {
  for (const Digest& digest : kDigests) {
    if (take_text(hash, digest.name)) return &digest;
  }
  return nullptr;
}

MaybeHash make_pbkdf2(const Digest& digest, std::optional<std::uint32_t> iterations,
                      std::optional<std::string> salt, std::optional<std::string> key) {
  if (!iterations || *iterations < 1 || *iterations > kMostIterations || !salt || !key ||
      !fine_octets(*salt, *key)) {
    return std::nullopt;
  }
  const std::uint64_t blocks = (key->size() + digest.octets - 1) / digest.octets;
  StoredHash made{.work = {digest.family, blocks * *iterations}, .iterations = *iterations};
  made.salt = *std::move(salt);
  made.key = *std::move(key);
  return made;
}

// behind_head reads "<iterations>$salt$key" with a salt and a key in the encodings of `form`.
enum class Pbkdf2Form : std::uint8_t { phc, django, werkzeug };
MaybeHash read_pbkdf2_tail(std::string_view hash, const Digest& digest, Pbkdf2Form form) {
  const auto iterations = take_number(hash, hash.starts_with("i=") ? "i=" : "");
  std::optional<std::uint32_t> length;
  if (hash.starts_with(",l=")) length = take_number(hash, ",l=");
  if (!iterations || !take_text(hash, "$")) return std::nullopt;
  const auto salt = take_field(hash, '$');
  if (!salt) return std::nullopt;
  auto key = form == Pbkdf2Form::werkzeug ? decode_hex(hash) : decode_base64(hash);
  if (length && (!key || key->size() != *length)) return std::nullopt;
  auto octets = form == Pbkdf2Form::phc ? decode_base64(*salt) : std::optional{std::string(*salt)};
  return make_pbkdf2(digest, iterations, std::move(octets), std::move(key));
}

MaybeHash read_pbkdf2(std::string_view hash) {
  Pbkdf2Form form = Pbkdf2Form::phc;
  if (take_text(hash, "$pbkdf2$")) return read_pbkdf2_tail(hash, kDigests[0], form);
  char end = '$';
  if (take_text(hash, "pbkdf2_")) {
    form = Pbkdf2Form::django;
  } else if (take_text(hash, "pbkdf2:")) {
    form = Pbkdf2Form::werkzeug;
    end = ':';
  } else if (!take_text(hash, "$pbkdf2-")) {
    return std::nullopt;
  }
  const Digest* digest = take_digest(hash);
  if (digest == nullptr || !take_text(hash, std::string_view(&end, 1))) return std::nullopt;
  return read_pbkdf2_tail(hash, *digest, form);
}

}  // namespace

MaybeHash StoredHash::read(std::string_view hash) {
  if (hash.size() > kMostText || hash.find('\0') != std::string_view::npos) return std::nullopt;
  using Name = std::pair<std::string_view, Argon2Type>;
  for (const auto& [name, type] :
       {Name{"$argon2id$", Argon2Type::id}, Name{"$argon2i$", Argon2Type::i},
        Name{"$argon2d$", Argon2Type::d}}) {
    if (hash.starts_with(name)) return read_argon2(hash, type, name);
  }
  for (const std::string_view name : {"$2a$", "$2b$", "$2y$"}) {
    if (hash.starts_with(name)) return read_bcrypt(hash);
  }
  if (hash.starts_with("$pbkdf2") || hash.starts_with("pbkdf2")) return read_pbkdf2(hash);
  if (take_text(hash, "$scrypt$")) return read_scrypt_phc(hash);
  if (take_text(hash, "scrypt:")) return read_scrypt_werkzeug(hash);
  return read_lucia(hash);
}

}  // namespace latchkey::crypto
