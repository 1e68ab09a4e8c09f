#include "codec/seal/inflate.h"

#include <array>
#include <cstdint>
#include <span>

namespace latchkey::codec {
namespace {

constexpr std::size_t kMaxBits = 15;

class Bits {
 public:
  explicit Bits(std::string_view data) : data_(data) {}

  // take returns `count` bits, the first the lowest; after the end it returns zeros and fails.
  unsigned take(unsigned count) noexcept {
    while (held_ < count) {
      if (at_ == data_.size()) {
        failed_ = true;
        return 0;
      }
      bits_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(data_[at_++])) << held_;
      held_ += 8;
    }
    const unsigned value = bits_ & ((1U << count) - 1);
    bits_ >>= count;
    held_ -= count;
    return value;
  }
  void align() noexcept { bits_ = 0, held_ = 0; }
  bool failed() const noexcept { return failed_; }

 private:
  std::string_view data_;
  std::size_t at_ = 0;
  std::uint32_t bits_ = 0;
  unsigned held_ = 0;
  bool failed_ = false;
};

// Code is a canonical Huffman code: how many symbols have each length, and the symbols in order.
class Code {
 public:
  // make refuses an over-subscribed code.
  bool make(std::span<const std::uint8_t> lengths) noexcept {
    counts_.fill(0);
    for (const std::uint8_t length : lengths) ++counts_[length];
    int left = 1;
    std::array<std::uint16_t, kMaxBits + 2> offsets{};
    for (std::size_t length = 1; length <= kMaxBits; ++length) {
      left = (left << 1) - counts_[length];
      if (left < 0) return false;
      offsets[length + 1] = static_cast<std::uint16_t>(offsets[length] + counts_[length]);
    }
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      if (lengths[symbol] != 0)
        symbols_[offsets[lengths[symbol]]++] = static_cast<std::uint16_t>(symbol);
    }
    return true;
  }

  // read returns a symbol, or -1 for bits that stand for none.
  int read(Bits& bits) const noexcept {
    int code = 0, first = 0, index = 0;
    for (std::size_t length = 1; length <= kMaxBits && !bits.failed(); ++length) {
      code |= static_cast<int>(bits.take(1));
      const int count = counts_[length];
      if (code - count < first) return symbols_[static_cast<std::size_t>(index + (code - first))];
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

 private:
  std::array<std::uint16_t, kMaxBits + 1> counts_{};
  std::array<std::uint16_t, 288> symbols_{};
};

constexpr std::array<std::uint16_t, 29> kLengthBase = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                       15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                       67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> kLengthExtra = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                       2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint16_t, 30> kDistanceBase = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<std::uint8_t, 30> kDistanceExtra = {0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                         4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                         9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

class Inflater {
 public:
  Inflater(std::string_view data, std::size_t limit) : bits_(data), limit_(limit) {}

  std::optional<std::string> run() {
    bool last = false;
    while (!last) {
      last = bits_.take(1) == 1;
      const unsigned type = bits_.take(2);
      if (bits_.failed() || type == 3) return std::nullopt;
      if (!(type == 0 ? stored() : type == 1 ? fixed() : dynamic())) return std::nullopt;
    }
    return std::move(out_);
  }

 private:
  bool stored() {
    bits_.align();
    const unsigned size = bits_.take(16);
    const unsigned complement = bits_.take(16);
    if (bits_.failed() || (size ^ 0xffffU) != complement || out_.size() + size > limit_)
      return false;
    for (unsigned i = 0; i < size; ++i) out_.push_back(static_cast<char>(bits_.take(8)));
    return !bits_.failed();
  }

  bool fixed() {
    std::array<std::uint8_t, 288> lengths;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      lengths[i] = static_cast<std::uint8_t>(i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    }
    std::array<std::uint8_t, 30> distances;
    distances.fill(5);
    Code literal, distance;
    return literal.make(lengths) && distance.make(distances) && codes(literal, distance);
  }

  bool dynamic() {
    constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                     11, 4,  12, 3, 13, 2, 14, 1, 15};
    const std::size_t literals = bits_.take(5) + 257, distances = bits_.take(5) + 1;
    const std::size_t given = bits_.take(4) + 4;
    std::array<std::uint8_t, 19> order_lengths{};
    for (std::size_t i = 0; i < given; ++i) {
      order_lengths[kOrder[i]] = static_cast<std::uint8_t>(bits_.take(3));
    }
    Code lengths_code;
    if (bits_.failed() || literals > 286 || distances > 30 || !lengths_code.make(order_lengths)) {
      return false;
    }
    std::array<std::uint8_t, 286 + 30> lengths{};
    if (!read_lengths(lengths_code, {lengths.data(), literals + distances}) || lengths[256] == 0) {
      return false;
    }
    Code literal, distance;
    return literal.make({lengths.data(), literals}) &&
           distance.make({lengths.data() + literals, distances}) && codes(literal, distance);
  }

  bool read_lengths(const Code& code, std::span<std::uint8_t> lengths) {
    for (std::size_t at = 0; at < lengths.size();) {
      const int symbol = code.read(bits_);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[at++] = static_cast<std::uint8_t>(symbol);
        continue;
      }
      if (symbol == 16 && at == 0) return false;
      const std::uint8_t repeated = symbol == 16 ? lengths[at - 1] : std::uint8_t{0};
      const unsigned times = symbol == 16   ? 3 + bits_.take(2)
                             : symbol == 17 ? 3 + bits_.take(3)
                                            : 11 + bits_.take(7);
      if (bits_.failed() || at + times > lengths.size()) return false;
      for (unsigned i = 0; i < times; ++i) lengths[at++] = repeated;
    }
    return true;
  }

  bool codes(const Code& literal, const Code& distance) {
    for (;;) {
      const int symbol = literal.read(bits_);
      if (symbol < 0 || bits_.failed()) return false;
      if (symbol == 256) return true;
      if (symbol < 256) {
        if (out_.size() == limit_) return false;
        out_.push_back(static_cast<char>(symbol));
      } else if (!copy(static_cast<std::size_t>(symbol) - 257, distance)) {
        return false;
      }
    }
  }

  bool copy(std::size_t length_symbol, const Code& distance) {
    if (length_symbol >= kLengthBase.size()) return false;
    const std::size_t length = kLengthBase[length_symbol] + bits_.take(kLengthExtra[length_symbol]);
    const int symbol = distance.read(bits_);
    if (symbol < 0 || symbol >= static_cast<int>(kDistanceBase.size())) return false;
    const auto far = static_cast<std::size_t>(symbol);
    const std::size_t back = kDistanceBase[far] + bits_.take(kDistanceExtra[far]);
    if (bits_.failed() || back > out_.size() || out_.size() + length > limit_) return false;
    for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - back]);
    return true;
  }

  Bits bits_;
  const std::size_t limit_;
  std::string out_;
};

}  // namespace

std::optional<std::string> inflate(std::string_view data, std::size_t limit) {
  return Inflater{data, limit}.run();
}

}  // namespace latchkey::codec
