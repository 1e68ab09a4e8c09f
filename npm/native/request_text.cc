#include "request_text.h"

#include <algorithm>

namespace latchkey::node {
namespace {

// The bits of the number; npm/src/facts.ts has the same. The method is in the three lowest.
enum Fact : unsigned {
  kMethods = 7,
  kMayWrite = 8,
  kPassive = 16,
  kFresh = 32,
  kOffers = 64,
  kCrossSite = 128,
  kJsonOnly = 256,
  kPage = 512,
  kWithUser = 1024,
  kOfferDevice = 2048,
  kAll = 4095,
};
constexpr std::array<std::string_view, 5> kMethodNames{"GET", "HEAD", "OPTIONS", "POST", "PUT"};

}  // namespace

RequestText::RequestText(const Call& call, std::size_t i)
    : cookie_(Text(call.env(), call[i]).view()),
      headers_(call.text(i + 2)),
      facts_(static_cast<unsigned>(call.whole(i + 1, "facts", 0, kAll))) {}

void RequestText::Fields::add(std::string_view name, std::string_view value) noexcept {
  if (count_ < fields_.size()) fields_[count_++] = {name, value};
}

RequestText::Fields RequestText::fields() const noexcept {
  Fields fields;
  if (!cookie_.empty()) fields.add("cookie", cookie_.insecure_view());
  std::string_view rest = headers_;
  while (!rest.empty()) {
    const std::size_t name = std::min(rest.find('\n'), rest.size() - 1);
    const std::size_t value = std::min(rest.find('\n', name + 1), rest.size());
    fields.add(rest.substr(0, name), rest.substr(name + 1, value - name - 1));
    rest.remove_prefix(std::min(value + 1, rest.size()));
  }
  return fields;
}

// Whatever else it is, PUT stands for: a method that no form has and that may change something.
std::string_view RequestText::method() const noexcept {
  return kMethodNames[std::min<std::size_t>(facts_ & kMethods, kMethodNames.size() - 1)];
}

BeginOptions RequestText::options() const noexcept {
  return {.may_write = (facts_ & kMayWrite) != 0,
          .passive = (facts_ & kPassive) != 0,
          .fresh = (facts_ & kFresh) != 0,
          .offers = (facts_ & kOffers) != 0,
          .with_user = wants_user(),
          .cross_site = (facts_ & kCrossSite) != 0,
          .json_only = (facts_ & kJsonOnly) != 0,
          .page = (facts_ & kPage) != 0};
}

bool RequestText::offers_device() const noexcept { return (facts_ & kOfferDevice) != 0; }

bool RequestText::wants_user() const noexcept { return (facts_ & kWithUser) != 0; }

}  // namespace latchkey::node
