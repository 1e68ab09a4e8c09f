#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::redis {

// Reply is one value of RESP3 (https://redis.io/docs/reference/protocol-spec), in fewer kinds: what
// is text on the wire (simple, bulk, verbatim, double, big number) is text, booleans are integers,
// sets are arrays, and a map is an array of its names and values in turn.
struct Reply {
  enum class Kind : std::uint8_t { null, text, integer, array, push, error };

  Kind kind = Kind::null;
  std::string text{};  // of a text or an error
  std::int64_t integer = 0;
  std::vector<Reply> elements{};  // of an array or a push

  bool is_text() const noexcept { return kind == Kind::text; }
  bool is_array() const noexcept { return kind == Kind::array; }
  // error_starts tells whether this is an error whose first word is `code`.
  bool error_starts(std::string_view code) const noexcept {
    return kind == Kind::error && text.starts_with(code) &&
           (text.size() == code.size() || text[code.size()] == ' ');
  }
  friend bool operator==(const Reply&, const Reply&) = default;
};

// ReplyParser reads replies from bytes as they come. Pure: no I/O, no clock. What it holds is in
// proportion to the bytes it was fed, whatever lengths they announce.
class ReplyParser {
 public:
  static constexpr std::size_t kMaxBulk = std::size_t{16} << 20;
  static constexpr std::size_t kMaxLine = std::size_t{64} << 10;
  static constexpr std::size_t kMaxDepth = 8;
  static constexpr std::size_t kMaxElements = std::size_t{1} << 20;

  enum class Status : std::uint8_t {
    reply,  // `out` is a whole reply; there may be more
    more,   // feed me
    bad,    // not RESP3, or beyond a limit; nothing that follows can be understood
  };

  void feed(std::string_view bytes);
  Status next(Reply& out);

 private:
  struct Open {
    Reply reply;
    std::size_t missing = 0;  // elements that have not come yet
  };

  bool take_line(std::string_view& line);
  // begin understands the first line of a value: true when a value is whole.
  bool begin(std::string_view line, Reply& value);
  bool begin_bulk(char type, std::string_view count, Reply& value);
  bool begin_elements(char type, std::string_view count, Reply& value);
  bool end_bulk(Reply& value);
  // place puts a whole value where it belongs: true when a reply is whole, which then is in
  // `value`.
  bool place(Reply& value);

  std::string buffer_;
  std::size_t at_ = 0;        // what is before was read
  std::size_t searched_ = 0;  // up to here there is no line end
  std::vector<Open> open_;
  std::size_t elements_ = 0;  // of the reply under way
  bool in_bulk_ = false;
  char bulk_type_ = 0;
  std::size_t bulk_size_ = 0;
  bool bad_ = false;
};

}  // namespace latchkey::redis
