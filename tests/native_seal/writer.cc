// Prints vectors of docs/formats/native_seal.md with fresh salts; `--fixed` prints those of
// vectors.json, whose salts count up.

#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "codec/json/text.h"
#include "codec/seal/sealed_session.h"
#include "latchkey/codec/native_seal.h"
#include "tests/native_seal/counting_entropy.h"

namespace latchkey {
namespace {

using testing::CountingEntropy;

std::string hex(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

// Recorder remembers the salt it handed out.
class Recorder final : public Entropy {
 public:
  explicit Recorder(Entropy& source) : source_(source) {}
  Result<void> fill(std::span<std::uint8_t> out) override {
    Result<void> filled = source_.fill(out);
    last.assign(out.begin(), out.end());
    return filled;
  }
  std::string last;

 private:
  Entropy& source_;
};

codec::SealedSession session(const char* id, const UserId& user) {
  codec::SealedSession made;
  made.id = *SessionId::parse(id);
  made.user_id = user;
  made.created_at = from_unix_millis(1'763'683'200'123);
  made.authenticated_at = made.created_at;
  made.idle_expires_at = made.created_at + std::chrono::days{14};
  made.absolute_expires_at = made.created_at + std::chrono::days{30};
  made.epoch = 3;
  made.level = 1;
  return made;
}

std::string session_json(const codec::SealedSession& s) {
  std::string out = "{\"id\":";
  codec::append_quoted(out, s.id.text());
  codec::append_quoted(out += ",\"user_id\":", s.user_id.text());
  const std::pair<const char*, std::int64_t> numbers[] = {
      {"created_at", to_unix_millis(s.created_at)},
      {"idle_expires_at", to_unix_millis(s.idle_expires_at)},
      {"absolute_expires_at", to_unix_millis(s.absolute_expires_at)},
      {"authenticated_at", to_unix_millis(s.authenticated_at)},
      {"epoch", s.epoch},
      {"level", s.level},
      {"revision", s.revision.value_or(0)}};
  for (const auto& [name, value] : numbers) {
    if (name == std::string_view{"revision"} && !s.revision) continue;  // format 1 has none
    out += std::string{",\""} + name + "\":" + std::to_string(value);
  }
  out += std::string{",\"persistent\":"} + (s.persistent ? "true" : "false");
  codec::append_quoted(out += ",\"attributes\":", s.attributes);
  return out + '}';
}

struct Case {
  std::string note, content;
  std::string cookie_name = "__Host-session", purpose = "session", key_id = "2026-01";
  std::string session{};
  bool opens = true;
  // How the seal is spoilt when it must not open.
  void (*spoil)(std::string& seal) = nullptr;
};

std::string vector_json(const Case& c, Entropy& source) {
  const std::string secret(32, '\x5a');
  Recorder recorder{source};
  std::vector<NativeSealKey> keys;
  keys.push_back({c.key_id, SecretBytes{secret}});
  const auto sealer = NativeSealer::make(
      std::move(keys), {.cookie_name = c.cookie_name, .purpose = c.purpose, .entropy = &recorder});
  std::string seal = *sealer->seal(c.content);
  if (c.spoil != nullptr) c.spoil(seal);
  std::string out = "{\"note\":";
  codec::append_quoted(out, c.note);
  codec::append_quoted(out += ",\"key_id\":", c.key_id);
  codec::append_quoted(out += ",\"secret_hex\":", hex(secret));
  codec::append_quoted(out += ",\"cookie_name\":", c.cookie_name);
  codec::append_quoted(out += ",\"purpose\":", c.purpose);
  codec::append_quoted(out += ",\"salt_hex\":", hex(recorder.last));
  codec::append_quoted(out += ",\"content_hex\":", hex(c.content));
  codec::append_quoted(out += ",\"seal\":", seal);
  out += std::string{",\"opens\":"} + (c.opens ? "true" : "false");
  if (!c.session.empty()) out += ",\"session\":" + c.session;
  return out + '}';
}

std::vector<Case> cases() {
  const codec::SealedSession user =
      session("abcAAAAAAAAAAAAAAAAAAA_", *UserId::parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
  codec::SealedSession guest = session("lko_AAAAAAAAAAAAAAAAAAAAAAAAAAA", UserId{});
  guest.persistent = false;
  guest.level = 0;
  guest.authenticated_at = from_unix_millis(0);
  guest.attributes = R"({"cart":["Zoë"]})";
  std::vector<Case> all;
  all.push_back({"a session", codec::pack_sealed_session(user)});
  all.back().session = session_json(user);
  all.push_back({"a guest with an opaque id", codec::pack_sealed_session(guest)});
  all.back().session = session_json(guest);
  all.push_back({"no content", ""});
  all.push_back({"one block", std::string(16, 'x')});
  all.push_back({"another name", "x", "sid"});
  all.push_back({"another purpose", "x", "sid", "reset"});
  all.push_back({"a long key id", "x", "sid", "reset", std::string(32, 'k')});
  all.push_back({"the last bit of the tag", "x"});
  all.back().opens = false;
  all.back().spoil = [](std::string& seal) { seal.back() = seal.back() == 'A' ? 'Q' : 'A'; };
  all.push_back({"a padded seal", "x"});
  all.back().opens = false;
  all.back().spoil = [](std::string& seal) { seal += '='; };
  all.push_back({"another version", "x"});
  all.back().opens = false;
  all.back().spoil = [](std::string& seal) { seal[3] = '2'; };
  // Format 2. Behind the others, whose salts it leaves as they were.
  codec::SealedSession revised = user;
  revised.revision = 1;
  all.push_back({"a session of format 2", codec::pack_sealed_session(revised)});
  all.back().session = session_json(revised);
  revised = guest;
  revised.revision = codec::kMaxRevision;
  all.push_back({"a guest of format 2, greatest revision", codec::pack_sealed_session(revised)});
  all.back().session = session_json(revised);
  return all;
}

}  // namespace
}  // namespace latchkey

int main(int argc, char** argv) {
  latchkey::testing::CountingEntropy counting;
  const bool fixed = argc > 1 && std::strcmp(argv[1], "--fixed") == 0;
  latchkey::Entropy& source =
      fixed ? static_cast<latchkey::Entropy&>(counting) : latchkey::system_entropy();
  const char* separator = "[\n";
  for (const auto& c : latchkey::cases()) {
    std::cout << separator << latchkey::vector_json(c, source);
    separator = ",\n";
  }
  std::cout << "\n]\n";
}
