// What the worst input of each parser costs: CPU time at the size the default limits allow, and
// how it grows when the input doubles. Anything that grows much faster than its input is a fault.
//
//   build/release/latchkey_worst_cases            a table for docs/performance.md
//   build/release/latchkey_worst_cases --check    exit code 1 if something grows like a square
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "account/username.h"
#include "base/utf8.h"
#include "codec/base64url.h"
#include "codec/cookie_chunks.h"
#include "codec/json.h"
#include "crypto/digest.h"
#include "crypto/unicode.h"
#include "http/device.h"
#include "http/form.h"
#include "http/html.h"
#include "latchkey/client_address.h"
#include "latchkey/cookie.h"
#include "latchkey/jose.h"
#include "latchkey/jwt.h"
#include "latchkey/native_seal.h"
#include "latchkey/public_url.h"
#include "latchkey/safe_redirect.h"
#include "latchkey/seal.h"
#include "server/load_config.h"
#include "server/log_line.h"
#include "server/request_parser.h"
#include "store/redis/reply.h"

namespace latchkey::bench {
namespace {

constexpr std::size_t kHead = 16384;  // limits.header_bytes
constexpr std::size_t kBody = 16384;  // limits.body_bytes
constexpr std::string_view kSecret = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
const UnixTime kNow = from_unix_millis(1'800'000'000'000);

volatile std::size_t g_sink = 0;
void use(std::size_t value) { g_sink = g_sink + value; }
void use(bool value) { g_sink = g_sink + (value ? 1U : 0U); }

// repeated returns about `bytes` of pieces that `piece` makes of their number.
std::string repeated(std::size_t bytes, const std::function<std::string(std::size_t)>& piece) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += piece(i);
  return text;
}
std::string fill(std::size_t bytes, std::string_view piece) {
  return repeated(bytes, [&](std::size_t) { return std::string{piece}; });
}
std::string members(std::size_t bytes) {
  return "{" +
         repeated(
             bytes,
             [](std::size_t i) { return (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":0"; }) +
         "}";
}
std::string base64url(std::string_view text) {
  return codec::base64url_encode(crypto::as_bytes(text));
}

// Case is an input of a given size and what is done with it.
struct Case {
  const char* parser;
  const char* worst;
  std::size_t bytes;  // what the default limits let in
  std::function<std::string(std::size_t bytes)> make;
  std::function<void(const std::string& input)> run;
};

// read_request feeds pieces of `piece` bytes, as slow clients do.
void read_request(const std::string& input, std::size_t piece) {
  const std::size_t size = input.size();
  server::RequestParser parser({.request_line = size + 1,
                                .header_bytes = size + 1,
                                .header_fields = size,
                                .body_bytes = size});
  using Status = server::RequestParser::Status;
  Status status = Status::need_more;
  std::size_t seen = 0;
  while (status == Status::need_more && seen < size) {
    seen = std::min(seen + piece, size);
    status = parser.find_head({input.data(), seen});
  }
  if (status != Status::head_done) return use(seen);
  std::size_t at = parser.head_size();
  status = parser.read_head({input.data(), at});
  while (at < size && (status == Status::head_done || status == Status::need_more)) {
    std::size_t used = 0;
    const std::size_t next = std::min(piece, size - at);
    status = parser.parse_body({input.data() + at, next}, used);
    at += used;
  }
  use(status == Status::complete);
}

void add_requests(std::vector<Case>& all) {
  const auto head = [](std::string fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + std::move(fields) + "\r\n";
  };
  const auto byte_by_byte = [](const std::string& input) { read_request(input, 1); };
  all.push_back({"request head", "many fields of one name, byte by byte", kHead,
                 [=](std::size_t n) { return head(fill(n, "A: b\r\n")); }, byte_by_byte});
  all.push_back({"request head", "one long field, byte by byte", kHead,
                 [=](std::size_t n) { return head("A: " + std::string(n, 'b') + "\r\n"); },
                 byte_by_byte});
  all.push_back({"request head", "Connection with many elements", kHead,
                 [=](std::size_t n) { return head("Connection: " + fill(n, "a,") + "a\r\n"); },
                 [](const std::string& input) { read_request(input, input.size()); }});
  all.push_back({"request body", "chunks of one byte, byte by byte", kBody,
                 [](std::size_t n) {
                   return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                          fill(n, "1\r\na\r\n") + "0\r\n\r\n";
                 },
                 byte_by_byte});
}

void add_cookies(std::vector<Case>& all) {
  const auto find = [](const std::string& input) {
    const std::array<std::string_view, 1> lines{input};
    use(find_cookie(lines, "__Host-session").state == CookieMatch::State::absent);
  };
  all.push_back(
      {"cookies", "many short ones", kHead, [](std::size_t n) { return fill(n, "a=b; "); }, find});
  all.push_back({"cookies", "semicolons alone", kHead,
                 [](std::size_t n) { return std::string(n, ';'); }, find});
  all.push_back({"cookie chunks", "looked for among many cookies, and what is left over", kHead,
                 [](std::size_t n) { return "s.0=a; " + fill(n, "a=b; "); },
                 [](const std::string& input) {
                   const std::array<std::string_view, 1> lines{input};
                   use(codec::read_chunked(lines, "s").has_value());
                   use(codec::stale_chunks(lines, "s", {}).size());
                 }});
}

void add_json(std::vector<Case>& all) {
  const auto parse = [](const std::string& input) { use(codec::parse_json(input).has_value()); };
  all.push_back({"JSON body", "many members", kBody, members, parse});
  all.push_back({"JSON body", "one digit after the other", kBody,
                 [](std::size_t n) { return "[0." + std::string(n, '7') + "]"; }, parse});
  all.push_back({"JSON body", "brackets without end", kBody,
                 [](std::size_t n) { return std::string(n, '['); }, parse});
  all.push_back({"JSON body", "escapes", kBody,
                 [](std::size_t n) { return "[\"" + fill(n, "\\u00e9") + "\"]"; }, parse});
  all.push_back({"attributes", "a patch of as many members as there are", 8192, members,
                 [](const std::string& input) {
                   auto value = codec::parse_json(input);
                   codec::merge_patch(*value, *codec::parse_json(input));
                   use(value->object()->size());
                 }});
  all.push_back(
      {"attributes", "a patch that removes them all", 8192, members, [](const std::string& input) {
         auto value = codec::parse_json(input);
         auto patch = codec::parse_json(input);
         for (auto& member : std::get<codec::Json::Object>(patch->value)) {
           member.value.value = nullptr;
         }
         codec::merge_patch(*value, *patch);
         use(value->object()->size());
       }});
}

void add_forms(std::vector<Case>& all) {
  const auto parse = [](const std::string& input) { use(http::Form::parse(input).has_value()); };
  all.push_back({"form", "64 fields with long names that differ at the end", kBody,
                 [](std::size_t n) {
                   return repeated(n, [&](std::size_t i) {
                     return std::string(n / 64, 'a') + std::to_string(i) + "&";
                   });
                 },
                 parse});
  all.push_back({"form", "ampersands alone", kBody,
                 [](std::size_t n) { return std::string(n, '&'); }, parse});
  all.push_back(
      {"form", "percent signs", kBody, [](std::size_t n) { return "a=" + fill(n, "%41"); }, parse});
  all.push_back({"query string", "parameters without names", 8192,
                 [](std::size_t n) { return fill(n, "=&"); }, parse});
  all.push_back({"safe redirect", "as many segments as fit", 2048,
                 [](std::size_t n) { return fill(n, "/%61"); },
                 [](const std::string& input) { use(guard::safe_redirect(input, "/").size()); }});
  all.push_back({"HTML", "text that is all escapes", kBody,
                 [](std::size_t n) { return std::string(n, '<'); },
                 [](const std::string& input) {
                   http::Html html;
                   html.text(input);
                   use(html.str().size());
                 }});
}

void add_headers(std::vector<Case>& all) {
  all.push_back({"X-Forwarded-For", "hops of a trusted proxy", kHead,
                 [](std::size_t n) { return fill(n, "10.0.0.1,"); },
                 [](const std::string& input) {
                   static const auto proxies =
                       guard::TrustedProxies::parse(std::vector<std::string>{"10.0.0.0/8"});
                   const std::array<std::string_view, 1> lines{input};
                   use(guard::client_address("10.0.0.1", lines, *proxies).size());
                 }});
  all.push_back({"Origin", "a long host name", kHead,
                 [](std::size_t n) { return "http://" + fill(n, "a."); },
                 [](const std::string& input) {
                   static const auto url = PublicUrl::parse("http://localhost:4470");
                   use(url->same_origin(input));
                 }});
  all.push_back({"User-Agent", "kept and described", kHead,
                 [](std::size_t n) { return fill(n, "Chrom\xc3\xa9/"); },
                 [](const std::string& input) {
                   use(http::describe_device(clean_line(input, kMaxUserAgentBytes)).size());
                 }});
  all.push_back({"log line", "a value that is all escapes", kHead,
                 [](std::size_t n) { return std::string(n, '\x01'); },
                 [](const std::string& input) {
                   use(server::json_log_line(kNow, LogLevel::info, "x", {{"a", input}}).size());
                 }});
}

void add_names(std::vector<Case>& all) {
  // Marks of two classes in turn: normalising sorts them, which takes time by the square.
  const auto marks = [](std::size_t n) { return "a" + fill(n, "\xcc\x96\xcc\x80"); };
  all.push_back(
      {"user name", "combining marks in the wrong order", 1016, marks,
       [](const std::string& input) { use(account::parse_username(input).has_value()); }});
  all.push_back(
      {"password", "combining marks in the wrong order", 1024, marks, [](const std::string& input) {
         if (input.size() <= 1024) use(crypto::nfkc(input)->size());
       }});
}

std::string token_of(std::string_view header, std::string_view payload) {
  return base64url(header) + "." + base64url(payload) + "." + std::string(43, 'A');
}

std::vector<JwtKey> jwt_keys() {
  std::vector<JwtKey> keys;
  keys.push_back({.algorithm = JwtAlgorithm::hs256, .secret = SecretBytes{kSecret}, .id = {}});
  return keys;
}

void add_tokens(std::vector<Case>& all) {
  const auto verify = [](const std::string& input) {
    use(jose_verify(input, crypto::as_bytes(kSecret), {}, 1.8e9).index());
  };
  all.push_back({"JWT header", "many escaped members and `crit` that repeats one name", kHead / 2,
                 [](std::size_t n) {
                   std::string header = "{\"alg\":\"HS256\",\"crit\":[\"b64\"";
                   header += fill(n / 2, ",\"b64\"") + "],\"b64\":true";
                   header += fill(n / 2, ",\"\\u0061\":0");
                   return token_of(header + "}", "{}");
                 },
                 verify});
  all.push_back({"JWT header", "many members", kHead / 2,
                 [](std::size_t n) { return token_of(members(n), "{}"); }, verify});
  all.push_back({"JWT", "signed claims with many members", kHead / 2,
                 [](std::size_t n) {
                   auto codec = JwtCodec::make(jwt_keys(), {.max_bytes = 4 * n + 4096});
                   return *codec->issue(members(n), kNow + std::chrono::hours{1}, kNow);
                 },
                 [](const std::string& input) {
                   static const auto codec = JwtCodec::make(jwt_keys(), {.max_bytes = 1 << 20});
                   use(static_cast<bool>(codec->verify(input, kNow)));
                 }});
  all.push_back({"Fe26.2 seal", "forged, long", kHead,
                 [](std::size_t n) {
                   return "Fe26.2**" + std::string(n, 'a') + "*" + std::string(22, 'A') + "*" +
                          std::string(n / 4, 'A') + "**" + std::string(64, 'b') + "*" +
                          std::string(43, 'A');
                 },
                 [](const std::string& input) {
                   static const auto sealer = [] {
                     std::vector<SealPassword> passwords;
                     passwords.push_back({"", SealSecret::text(kSecret)});
                     return Sealer::make(std::move(passwords), {.max_bytes = 1 << 20});
                   }();
                   use(static_cast<bool>(sealer->unseal(input, kNow)));
                 }});
  all.push_back({"native seal", "forged, long", kHead,
                 [](std::size_t n) {
                   return "lks1_" + base64url(
                                        "\x01"
                                        "a" +
                                        std::string(n, 'x'));
                 },
                 [](const std::string& input) {
                   static const auto sealer = [] {
                     std::vector<NativeSealKey> keys;
                     keys.push_back({"a", SecretBytes{kSecret}});
                     return NativeSealer::make(std::move(keys), {.max_bytes = 1 << 20});
                   }();
                   use(static_cast<bool>(sealer->unseal(input)));
                 }});
}

void add_trusted(std::vector<Case>& all) {
  all.push_back({"Redis reply", "many small elements, in reads of 100 bytes", 65536,
                 [](std::size_t n) {
                   const std::size_t count = n / 4;
                   return "*" + std::to_string(count) + "\r\n" + fill(count * 4, ":1\r\n");
                 },
                 [](const std::string& input) {
                   redis::ReplyParser parser;
                   redis::Reply reply;
                   for (std::size_t at = 0; at < input.size(); at += 100) {
                     parser.feed(std::string_view(input).substr(at, 100));
                     use(parser.next(reply) == redis::ReplyParser::Status::reply);
                   }
                 }});
  all.push_back({"configuration file", "a list of many entries", 65536,
                 [](std::size_t n) {
                   return "[server]\ntrusted_proxies = [" + fill(n, "\"10.0.0.1\",") + "]\n";
                 },
                 [](const std::string& input) {
                   server::SourcedValues values;
                   use(server::read_config_text(input, "f", values).has_value());
                 }});
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  add_requests(all);
  add_cookies(all);
  add_json(all);
  add_forms(all);
  add_headers(all);
  add_names(all);
  add_tokens(all);
  add_trusted(all);
  return all;
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// microseconds returns the best of several runs.
double microseconds(const Case& one, std::size_t bytes) {
  const std::string input = one.make(bytes);
  double best = 1e9;
  for (int i = 0; i < 9; ++i) {
    const double start = cpu_seconds();
    one.run(input);
    best = std::min(best, cpu_seconds() - start);
  }
  return best * 1e6;
}

// Eight times the input may cost eight times the work, and some for memory that no cache holds.
constexpr std::size_t kTimes = 8;
constexpr double kMostGrowth = 20;

int run(bool check) {
  int bad = 0;
  std::printf("| parser | worst input | bytes | CPU us | at %zu times the bytes |\n", kTimes);
  std::printf("|---|---|---|---|---|\n");
  for (const Case& one : all_cases()) {
    const double small = microseconds(one, one.bytes);
    const double large = microseconds(one, one.bytes * kTimes);
    const double growth = large / std::max(small, 1.0);
    std::printf("| %s | %s | %zu | %.0f | x %.1f |\n", one.parser, one.worst, one.bytes, small,
                growth);
    if (growth > kMostGrowth) ++bad;
  }
  return check && bad > 0 ? 1 : 0;
}

}  // namespace
}  // namespace latchkey::bench

int main(int argc, char** argv) {
  return latchkey::bench::run(argc > 1 && std::strcmp(argv[1], "--check") == 0);
}
