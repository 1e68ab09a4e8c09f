#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "bench/engines.h"
#include "bench/fixture.h"
#include "latchkey/open_store.h"

// Look-ups that miss every cache, in batches, beside a client that does nothing but send 64 GETs in
// one pipeline and count the replies. Both only count the CPU of this process.
namespace latchkey::bench {
namespace {

constexpr std::uint64_t kRedisRows = 100'000;
constexpr std::size_t kRedisBatch = 64;

class BareRedis {
 public:
  explicit BareRedis(const std::string& url) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    check(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "connect");
  }
  ~BareRedis() { ::close(fd_); }
  BareRedis(const BareRedis&) = delete;
  BareRedis& operator=(const BareRedis&) = delete;

  // get_all returns how many of the keys there are.
  std::size_t get_all(std::span<const std::string> keys) {
    out_.clear();
    for (const std::string& key : keys) {
      out_.append("*2\r\n$3\r\nGET\r\n$").append(std::to_string(key.size()));
      out_.append("\r\n").append(key).append("\r\n");
    }
    check(::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out_.size()),
          "send");
    std::size_t replies = 0, found = 0;
    in_.clear();
    std::size_t at = 0;
    while (replies < keys.size()) {
      const std::size_t end = in_.find("\r\n", at);
      const long size = end == std::string::npos ? 0 : std::stol(in_.substr(at + 1, end - at - 1));
      const std::size_t next = end + 2 + (size < 0 ? 0 : static_cast<std::size_t>(size) + 2);
      if (end == std::string::npos || next > in_.size()) {
        read_more();
        continue;
      }
      found += size >= 0 ? 1 : 0;
      at = next;
      ++replies;
    }
    return found;
  }

 private:
  void read_more() {
    const ssize_t count = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
    check(count > 0, "recv");
    in_.append(buffer_.data(), static_cast<std::size_t>(count));
  }

  int fd_ = -1;
  std::string out_, in_;
  std::array<char, 65536> buffer_{};
};

Entry batches(const Options& options, const std::string& name, bool with_user) {
  const auto engine = start_redis(options);
  auto store = open_store(engine->url(), {.read_timeout = std::chrono::seconds{10},
                                          .write_timeout = std::chrono::seconds{10}});
  check(store.has_value(), "open_store");
  progress("filling Redis with 10^5 sessions");
  fill_sessions(**store, kRedisRows);
  std::vector<SessionId> ids;
  std::vector<std::string> keys;
  for (const std::string& token : sample_tokens(kRedisRows)) {
    ids.push_back(SessionToken::parse(token)->id());
    keys.push_back("lk:s:" + std::string{ids.back().text()});
  }
  BareRedis bare(engine->url());
  const auto first = [&](std::uint64_t i) { return mix(i) % (kSample - kRedisBatch); };
  return compare(
      name, options,
      [&](std::uint64_t i) {
        const auto found = (*store)->sessions().find(std::span(ids).subspan(first(i), kRedisBatch),
                                                     {.with_user = with_user});
        check(found && found->back().record.has_value(), "find");
        return std::uint64_t{kRedisBatch};
      },
      [&](std::uint64_t i) {
        check(bare.get_all(std::span(keys).subspan(first(i), kRedisBatch)) == kRedisBatch, "limit");
        return std::uint64_t{kRedisBatch};
      });
}

}  // namespace

std::vector<Named> redis_benchmarks() {
  return {
      {"validate_redis_batch64", "64 look-ups in one call on Redis; limit: 64 GETs in a pipeline",
       [](const Options& options) { return batches(options, "validate_redis_batch64", false); }},
      {"validate_redis_batch64_user", "the same with users, by a script; the same limit",
       [](const Options& options) {
         return batches(options, "validate_redis_batch64_user", true);
       }}};
}

}  // namespace latchkey::bench
