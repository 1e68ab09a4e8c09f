#include "store/redis/wire/client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "store/redis/wire/command.h"
#include "store/redis/wire/errors.h"

namespace latchkey::redis {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr Millis kRest{5};         // before what passes is tried again
constexpr Millis kOneAnswer{500};  // for a node to tell where slots are
constexpr unsigned kReadsLost = 2;

// Replies to words before a call come first: how many, is what it returns with the call's own.
std::size_t append_call(std::string& out, const Call& call, bool with_text, bool asking) {
  std::size_t replies = 1;
  if (asking) {  // which is forgotten after one command, so that tracking cannot be refused, too
    out += "*1\r\n$6\r\nASKING\r\n";
    ++replies;
  } else if (!call.tracked) {
    out += "*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$2\r\nNO\r\n";
    ++replies;
  }
  if (call.script == nullptr) {
    append_command(out, call.args);
    return replies;
  }
  append_header(out, call.keys.size() + call.args.size() + 3);
  append_bulk(out, with_text ? "EVAL" : "EVALSHA");
  append_bulk(out, with_text ? call.script->text() : call.script->sha());
  append_bulk(out, std::to_string(call.keys.size()));
  for (const std::string& key : call.keys) append_bulk(out, key);
  for (const std::string& arg : call.args) append_bulk(out, arg);
  return replies;
}

Error nobody_serves() { return to_error({.kind = Reply::Kind::error, .text = "CLUSTERDOWN"}); }

}  // namespace

Client::Client(const RedisOptions& options, std::shared_ptr<TlsTrust> tls, ConnectionEvents& events)
    : io_(1), work_(io_.get_executor()), router_(io_, options, std::move(tls), events) {
  thread_ = std::thread([this] { io_.run(); });
}

Client::~Client() {
  asio::post(io_, [this] {
    router_.close();
    io_.stop();
  });
  thread_.join();
}

Result<std::vector<Reply>> Client::run(std::span<const Call> calls, Millis timeout) {
  if (forked_.crossed()) return forked_error();
  std::vector<Attempt> attempts(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) attempts[i].call = &calls[i];
  const Result<void> ran = run_all(attempts, steady_clock::now() + timeout);
  if (!ran) return ran.error();
  std::vector<Reply> replies;
  replies.reserve(attempts.size());
  for (Attempt& attempt : attempts) replies.push_back(std::move(attempt.reply));
  return replies;
}

std::vector<Result<Reply>> Client::run_each(std::span<const Call> calls, Millis timeout) {
  std::vector<Attempt> attempts(calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) {
    attempts[i].call = &calls[i];
    attempts[i].apart = true;
  }
  Result<void> ran = forked_error();
  if (!forked_.crossed()) ran = run_all(attempts, steady_clock::now() + timeout);
  std::vector<Result<Reply>> replies;
  replies.reserve(attempts.size());
  for (Attempt& attempt : attempts) {
    if (attempt.failed) {
      replies.emplace_back(*std::move(attempt.failed));
    } else if (attempt.done) {
      replies.emplace_back(std::move(attempt.reply));
    } else {
      replies.emplace_back(ran.error());
    }
  }
  return replies;
}

Result<void> Client::run_all(std::span<Attempt> attempts, Deadline deadline) {
  const auto is_done = [](const Attempt& attempt) { return attempt.done; };
  while (!std::all_of(attempts.begin(), attempts.end(), is_done)) {
    const Result<Round> round = send_round(attempts, deadline);
    if (!round) return round.error();
    if (round->refresh_without) {
      // Whoever does not answer now may do so in the next round; the call itself tells how it went.
      const Result<void> known = refresh(&*round->refresh_without, deadline);
      if (!known && steady_clock::now() >= deadline) return known;
    }
    if (round->rest) std::this_thread::sleep_for(kRest);
  }
  return {};
}

bool Client::end_apart(std::span<Attempt* const> attempts, const Error& error) {
  for (Attempt* attempt : attempts) {
    if (!attempt->apart) return false;
    if (attempt->done) continue;
    attempt->failed = error;
    attempt->done = true;
  }
  return true;
}

Result<std::vector<Client::Parcel>> Client::pack(std::span<Attempt> attempts, Deadline deadline) {
  std::vector<Parcel> parcels;
  for (Attempt& attempt : attempts) {
    if (attempt.done) continue;
    ConnectionPtr via = attempt.ask ? router_.at(*attempt.ask) : router_.of(attempt.call->slot);
    if (!via) {
      if (Result<void> known = refresh(nullptr, deadline); !known) return known.error();
      via = router_.of(attempt.call->slot);
      if (!via) return nobody_serves();
    }
    auto found = std::find_if(parcels.begin(), parcels.end(),
                              [&](const Parcel& parcel) { return parcel.via == via; });
    if (found == parcels.end()) {
      parcels.push_back({.via = std::move(via), .attempts = {}, .exchange = nullptr});
      found = parcels.end() - 1;
    }
    found->attempts.push_back(&attempt);
  }
  return parcels;
}

Result<Client::Round> Client::send_round(std::span<Attempt> attempts, Deadline deadline) {
  auto parcels = pack(attempts, deadline);
  if (!parcels) return parcels.error();
  for (Parcel& parcel : *parcels) {
    std::string commands;
    std::size_t expected = 0;
    for (const Attempt* attempt : parcel.attempts) {
      expected +=
          append_call(commands, *attempt->call, attempt->with_text, attempt->ask.has_value());
    }
    parcel.exchange = std::make_shared<Exchange>(std::move(commands), expected);
    parcel.via->submit(parcel.exchange);
  }
  Round round;
  std::optional<Error> failed;
  for (Parcel& parcel : *parcels) {
    Result<std::vector<Reply>> replies =
        parcel.exchange->wait(deadline, [&] { return parcel.via->why_late(); });
    const Result<void> went = replies ? deliver(parcel, *std::move(replies), deadline, round)
                                      : return_to_sender(parcel, replies.error(), deadline, round);
    if (!went && !end_apart(parcel.attempts, went.error()) && !failed) failed = went.error();
  }
  if (failed) return *failed;
  return round;
}

Result<void> Client::deliver(Parcel& parcel, std::vector<Reply> replies, Deadline deadline,
                             Round& round) {
  auto next = replies.begin();
  for (Attempt* attempt : parcel.attempts) {
    if (attempt->ask || !attempt->call->tracked) ++next;
    Reply& reply = *next++;
    const bool wait = !(attempt->call->impatient && is_moving(reply));
    if (is_passing(reply) && wait && steady_clock::now() + kRest < deadline) {
      round.rest = true;
      if (router_.cluster()) round.refresh_without = parcel.via->address();
      attempt->passing = to_error(reply);
      continue;
    }
    Result<void> fine = settle(*attempt, std::move(reply), parcel.via->address());
    if (!fine && !end_apart({&attempt, 1}, fine.error())) return fine;
  }
  return {};
}

Result<void> Client::return_to_sender(Parcel& parcel, const Error& error, Deadline deadline,
                                      Round& round) {
  const bool sent = parcel.exchange->sent();
  bool again = steady_clock::now() + kRest < deadline;
  for (Attempt* attempt : parcel.attempts) {
    attempt->ask.reset();
    ++attempt->lost;
    const bool untouched = !sent && router_.cluster();  // another node may take the slot over
    const bool patient = !attempt->call->repeatable || attempt->lost <= kReadsLost;
    again = again && patient && (untouched || attempt->call->repeatable) &&
            (router_.cluster() || attempt->lost == 1);
  }
  if (!again || (!router_.cluster() && !sent)) {
    const std::optional<Error>& passing = parcel.attempts.front()->passing;
    return passing ? *passing : error;
  }
  if (router_.cluster()) {
    round.refresh_without = parcel.via->address();
    round.rest = true;
  }
  return {};
}

Result<void> Client::settle(Attempt& attempt, Reply reply, const RedisAddress& from) {
  if (reply.error_starts("NOSCRIPT") && !attempt.with_text) {
    attempt.with_text = true;
    return {};
  }
  if (is_redirect(reply) && router_.cluster()) {
    const auto redirect = parse_redirect(reply.text, from);
    if (!redirect) return to_error(reply);
    attempt.ask.reset();
    if (reply.error_starts("ASK")) {
      attempt.ask = redirect->address;
    } else {
      router_.move(*redirect);
    }
    return {};
  }
  if (reply.kind == Reply::Kind::error) return to_error(reply);
  attempt.reply = std::move(reply);
  attempt.done = true;
  return {};
}

Result<void> Client::find_slots(Millis timeout) {
  if (!router_.cluster()) return {};
  return refresh(nullptr, steady_clock::now() + timeout);
}

Result<void> Client::refresh(const RedisAddress* without, Deadline deadline) {
  Error failed = nobody_serves();
  std::vector<RedisAddress> all = router_.informants();
  if (without != nullptr) {
    std::stable_partition(all.begin(), all.end(),
                          [&](const RedisAddress& address) { return address != *without; });
  }
  for (const RedisAddress& address : all) {
    std::string command;
    append_command(command, std::vector<std::string>{"CLUSTER", "SLOTS"});
    auto exchange = std::make_shared<Exchange>(std::move(command), 1);
    const ConnectionPtr via = router_.at(address);
    via->submit(exchange);
    const auto replies = exchange->wait(std::min(deadline, steady_clock::now() + kOneAnswer),
                                        [&] { return via->why_late(); });
    if (!replies) {
      failed = replies.error();
      continue;
    }
    const auto map = SlotMap::parse(replies->front(), address);
    if (!map || map->nodes().empty()) continue;
    router_.adopt(*map);
    return {};
  }
  return failed;
}

}  // namespace latchkey::redis
