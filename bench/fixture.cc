#include "bench/fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string_view>
#include <thread>

#include "crypto/digest.h"
#include "latchkey/sqlite.h"

namespace latchkey::bench {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Appends `length` characters that depend on `seed` only.
void append_characters(std::string& out, std::uint64_t seed, std::size_t length) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 10 == 0) word = mix(seed + i);
    out += kAlphabet[word & 63];
    word >>= 6;
  }
}

void fill_users(Store& store) {
  progress("making " + std::to_string(kUsers) + " users");
  std::atomic<std::uint64_t> next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i; (i = next++) < kUsers;) {
        StoredUser user;
        user.user.id = user_of(i);
        user.user.username = user.username_key = "user" + std::to_string(i) + "@example.com";
        user.password_hash = "-";
        auto added = store.users().add_user(user);
        check(added && *added, "add_user");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

std::string token_text(std::uint64_t i) {
  std::string text = "lk1_";
  append_characters(text, mix(i), SessionId::kLength);
  append_characters(text, mix(~i), SessionToken::kSecretLength);
  return text;
}

UserId user_of(std::uint64_t i) {
  char text[24];
  std::snprintf(text, sizeof text, "user%012llu", static_cast<unsigned long long>(i % kUsers));
  return *UserId::parse(text);
}

SessionRecord make_record(std::uint64_t i, UnixTime now) {
  const auto token = SessionToken::parse(token_text(i));
  check(token.has_value(), "token");
  const Lifetime life = lifetime_of(SessionKind::remembered, now, Policy{});
  SessionRecord record;
  record.id = token->id();
  record.secret_hash = {crypto::sha256(crypto::as_bytes(token->insecure_secret()))};
  record.user_id = user_of(mix(i) % kUsers);
  record.created_at = record.authenticated_at = record.last_seen_at = now;
  record.idle = life.idle;
  record.idle_expires_at = life.idle_expires_at;
  record.absolute_expires_at = life.absolute_expires_at;
  record.level = 1;
  return record;
}

std::vector<std::string> sample_tokens(std::uint64_t rows) {
  std::vector<std::string> tokens;
  tokens.reserve(kSample);
  for (std::uint64_t k = 0; k < kSample; ++k) tokens.push_back(token_text(mix(k * 3 + 1) % rows));
  return tokens;
}

void fill_sessions(Store& store, std::uint64_t rows) {
  const UnixTime now = system_clock().now();
  std::atomic<std::uint64_t> next{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&] {
      for (std::uint64_t i; (i = next++) < rows;) {
        auto made = store.sessions().insert(make_record(i, now), {.now = now});
        check(made && made->status == InsertStatus::inserted, "insert");
        if (i % 100'000 == 0) {
          progress("made " + std::to_string(i) + " of " + std::to_string(rows) + " sessions");
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::string filled_database(const Options& options, std::uint64_t rows) {
  const std::string path = options.directory + "/sessions_" + std::to_string(rows) + ".db";
  struct stat status {};
  // Idle deadlines are 14 days away; an older file would hold expired sessions.
  if (stat(path.c_str(), &status) == 0 && time(nullptr) - status.st_mtime < 7 * 86400) return path;
  const std::string partial = path + ".partial";
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((partial + suffix).c_str());
  {
    const auto store = open_database(partial);
    fill_users(*store);
    fill_sessions(*store, rows);
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    check(access((partial + suffix).c_str(), F_OK) != 0, "the database was not closed cleanly");
  }
  check(rename(partial.c_str(), path.c_str()) == 0, "rename");
  return path;
}

std::unique_ptr<Store> open_database(const std::string& path) {
  auto store = open_sqlite({.path = path});
  check(store.has_value(), "open_sqlite: " + (store ? "" : store.error().detail));
  return std::move(*store);
}

std::unique_ptr<Sessions> open_sessions(Store& store) {
  auto sessions = Sessions::open(store, {});
  check(sessions.has_value(), "Sessions::open");
  return std::move(*sessions);
}

}  // namespace latchkey::bench
