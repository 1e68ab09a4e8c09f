#include "store/redis/scan.h"

#include <charconv>

namespace latchkey::redis {
namespace {

Result<Reply> run_plain(Engine& engine, std::uint16_t slot, std::vector<std::string> command) {
  const Call call{.slot = slot, .args = std::move(command), .repeatable = true};
  auto replies = engine.client().run({&call, 1}, engine.write_timeout());
  if (!replies) return replies.error();
  return std::move(replies->front());
}

}  // namespace

Result<std::size_t> scan(Engine& engine, const std::string& pattern, std::size_t limit,
                         const TakePage& take) {
  std::size_t taken = 0;
  for (const std::uint16_t slot : engine.client().primaries()) {
    std::string cursor = "0";
    do {
      auto page = run_plain(engine, slot, {"SCAN", cursor, "MATCH", pattern, "COUNT", "500"});
      if (!page) return page.error();
      if (page->elements.size() != 2) return damaged();
      cursor = page->elements[0].text;
      std::vector<std::string> keys;
      for (Reply& key : page->elements[1].elements) keys.push_back(std::move(key.text));
      if (keys.empty()) continue;
      Result<std::size_t> more = take(keys, limit - taken);
      if (!more) return more;
      taken += *more;
      if (taken >= limit) return taken;
    } while (cursor != "0");
  }
  return taken;
}

Result<bool> clocks_agree(Engine& engine, UnixTime now) {
  auto time = run_plain(engine, 0, {"TIME"});
  if (!time) return time.error();
  std::int64_t seconds = 0;
  if (!time->elements.empty()) {
    const std::string& text = time->elements[0].text;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
  }
  const UnixTime theirs{std::chrono::seconds{seconds}};
  return now < theirs + kClockTolerance && theirs < now + kClockTolerance;
}

}  // namespace latchkey::redis
