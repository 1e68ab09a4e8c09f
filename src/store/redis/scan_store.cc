#include "store/redis/scan_store.h"

#include <algorithm>
#include <charconv>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "store/redis/records/users.h"
#include "store/redis/scan.h"
#include "store/redis/wire/value.h"
#include "store/rules.h"

// position = node "." cursor "." mark
namespace latchkey::redis {
namespace {

std::string pattern_of(const Keys& keys, ScanKind kind) {
  switch (kind) {
    case ScanKind::users:
      return keys.user_pattern();
    case ScanKind::epochs:
      return keys.epoch_pattern();
    case ScanKind::denials:
      return keys.denial_pattern();
    case ScanKind::sessions:
      break;
  }
  return keys.session_pattern();
}

Result<std::int64_t> number_of(const Reply& reply) {
  std::int64_t number = 0;
  const char* end = reply.text.data() + reply.text.size();
  const auto [stop, error] = std::from_chars(reply.text.data(), end, number);
  if (error != std::errc{} || stop != end) return damaged();
  return number;
}

// run_id_of returns what INFO tells of the process: another one after each start.
std::string_view run_id_of(std::string_view info) {
  constexpr std::string_view kName = "run_id:";
  const std::size_t found = info.find(kName);
  if (found == std::string_view::npos) return {};
  info.remove_prefix(found + kName.size());
  return info.substr(0, info.find_first_of("\r\n"));
}

void append_ranges(std::string& out, const std::vector<std::uint16_t>& ascending) {
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    if (i > 0 && ascending[i] == ascending[i - 1] + 1) continue;
    if (i > 0) out.append("-").append(std::to_string(ascending[i - 1]));
    out.append(" ").append(std::to_string(ascending[i]));
  }
  if (!ascending.empty()) out.append("-").append(std::to_string(ascending.back()));
}

std::size_t size_of(const ScanPage& page) {
  return page.users.size() + page.epochs.size() + page.denials.size() + page.sessions.size();
}

}  // namespace

Result<std::string> RedisScan::mark() {
  if (Result<void> known = engine_.client().find_slots(engine_.write_timeout()); !known) {
    return known.error();
  }
  const auto nodes = engine_.client().slots_by_primary();
  std::vector<Call> calls;
  for (const std::vector<std::uint16_t>& slots : nodes) {
    const std::uint16_t slot = slots.front();
    calls.push_back({.slot = slot, .args = {"INFO", "server"}, .repeatable = true});
    calls.push_back(
        {.slot = slot, .args = {"GET", engine_.keys().marker(slot)}, .repeatable = true});
  }
  auto replies = engine_.client().run(calls, engine_.write_timeout());
  if (!replies) return replies.error();
  std::string all;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if ((*replies)[2 * i + 1].text != engine_.instance()) return engine_.lost();
    all.append(run_id_of((*replies)[2 * i].text));
    append_ranges(all, nodes[i]);
    all += '\n';
  }
  constexpr std::size_t kMark = 9;
  const crypto::Digest256 digest = crypto::sha256(crypto::as_bytes(all));
  return base64url_encode(std::span(digest).first(kMark));
}

Result<ScanPage> RedisScan::scan(ScanKind kind, const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  const Result<std::string> before = mark();
  if (!before) return before.error();
  Position position;
  const std::size_t first = after.find('.'), last = after.rfind('.');
  if (!after.empty() && (first == last || first == std::string::npos)) {
    return Error{Errc::invalid_argument, "scan: not a position in this store"};
  }
  if (!after.empty() && after.substr(last + 1) == *before) {
    std::from_chars(after.data(), after.data() + first, position.node);
    position.cursor = after.substr(first + 1, last - first - 1);
  }
  ScanPage page;
  if (Result<void> read = read_page(kind, limit, position, page); !read) return read.error();
  page.next = std::to_string(position.node) + '.' + position.cursor + '.' + *before;
  if (position.node < engine_.client().primaries().size()) return page;
  // A server that was emptied meanwhile, or took keys over, is noticed by the page behind; behind
  // this one there is none.
  const Result<std::string> at_end = mark();
  if (!at_end) return at_end.error();
  if (*at_end == *before) page.next.clear();
  return page;
}

Result<void> RedisScan::read_page(ScanKind kind, std::size_t limit, Position& position,
                                  ScanPage& page) {
  const std::string pattern = pattern_of(engine_.keys(), kind);
  const std::vector<std::uint16_t> nodes = engine_.client().primaries();
  // Where keys of this kind are rare, which what was seen so far tells, steps grow.
  constexpr std::size_t kLargestStep = 1000;
  for (std::size_t step = limit; size_of(page) == 0 && position.node < nodes.size();
       step = std::min(2 * step, kLargestStep)) {
    auto found = scan_once(engine_, nodes[position.node], position.cursor, pattern, step);
    if (!found) return found.error();
    position.cursor = std::move(found->cursor);
    if (position.cursor == "0") ++position.node;
    if (Result<void> read = read_rows(kind, found->keys, page); !read) return read;
  }
  return {};
}

Result<void> RedisScan::read_rows(ScanKind kind, const std::vector<std::string>& keys,
                                  ScanPage& page) {
  std::vector<Call> calls;
  for (const std::string& key : keys) {
    Call& call = calls.emplace_back(
        Call{.slot = engine_.keys().of_key(key).slot, .args = {"GET", key}, .repeatable = true});
    if (kind == ScanKind::users) call.args = hmget_user(key);
  }
  auto replies = engine_.client().run(calls, engine_.write_timeout());
  if (!replies) return replies.error();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    Result<void> added = add_row(kind, keys[i], (*replies)[i], page);
    if (!added) return added;
  }
  return {};
}

Result<void> RedisScan::add_row(ScanKind kind, const std::string& key, const Reply& reply,
                                ScanPage& page) {
  if (reply.kind == Reply::Kind::null) return {};  // it went meanwhile
  if (kind == ScanKind::sessions) {
    const auto id = engine_.keys().session_of(key);
    if (!id) return damaged();
    Value value = unpack(*id, reply.text);
    if (auto* record = std::get_if<SessionRecord>(&value)) {
      page.sessions.push_back(std::move(*record));
    } else if (!std::holds_alternative<Tombstone>(value)) {
      return damaged();
    }
    return {};
  }
  if (kind == ScanKind::denials) {
    const auto denied = engine_.keys().denial_of(key);
    const Result<std::int64_t> until = number_of(reply);
    if (!denied || !until) return damaged();
    page.denials.push_back({*denied, from_unix_millis(*until)});
    return {};
  }
  const auto owner = engine_.keys().owner_of(key);
  if (!owner) return damaged();
  if (kind == ScanKind::epochs) {
    const Result<std::int64_t> epoch = number_of(reply);
    if (!epoch) return epoch.error();
    page.epochs.push_back({*owner, *epoch});
    return {};
  }
  auto user = read_stored_user(*owner, reply);
  if (!user) return user.error();
  if (*user) page.users.push_back(**std::move(user));
  return {};
}

}  // namespace latchkey::redis
