#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::server {

// RequestId names one request in log lines and answers. It is no secret and proves nothing.
class RequestId {
 public:
  static constexpr std::size_t kMost = 64;

  std::string_view text() const noexcept { return {text_.data(), size_}; }
  // take accepts the id that a trusted proxy gave the request: 8 to 64 of A-Z a-z 0-9 . _ -
  bool take(std::string_view given) noexcept;

 private:
  friend class RequestIds;
  std::array<char, kMost> text_{};
  std::uint8_t size_ = 0;
};

// RequestIds makes ids that no other process makes. One for each event loop.
class RequestIds {
 public:
  RequestIds();
  RequestId next() noexcept;

 private:
  std::uint64_t process_ = 0;
  std::uint64_t count_ = 0;
};

// TraceParent is the place of a request in a distributed trace (W3C Trace Context).
struct TraceParent {
  std::string_view trace_id{};   // 32 hexadecimal digits
  std::string_view parent_id{};  // 16
};
// parse_traceparent reads the header of that name; nothing: it is malformed, and means nothing.
std::optional<TraceParent> parse_traceparent(std::string_view header) noexcept;

}  // namespace latchkey::server
