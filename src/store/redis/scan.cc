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

Result<ScanStep> scan_once(Engine& engine, std::uint16_t slot, const std::string& cursor,
                           const std::string& pattern, std::size_t count) {
  auto page =
      run_plain(engine, slot, {"SCAN", cursor, "MATCH", pattern, "COUNT", std::to_string(count)});
  if (!page) return page.error();
  if (page->elements.size() != 2) return damaged();
  ScanStep step{.cursor = std::move(page->elements[0].text)};
  for (Reply& key : page->elements[1].elements) step.keys.push_back(std::move(key.text));
  return step;
}

Result<std::size_t> scan(Engine& engine, const std::string& pattern, std::size_t limit,
                         const TakePage& take) {
  constexpr std::size_t kAtOnce = 500;
  std::size_t taken = 0;
  for (const std::uint16_t slot : engine.client().primaries()) {
    std::string cursor = "0";
    do {
      auto step = scan_once(engine, slot, cursor, pattern, kAtOnce);
      if (!step) return step.error();
      cursor = std::move(step->cursor);
      if (step->keys.empty()) continue;
      Result<std::size_t> more = take(step->keys, limit - taken);
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
