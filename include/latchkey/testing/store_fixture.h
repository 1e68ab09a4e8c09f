#pragma once

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "latchkey/ids.h"
#include "latchkey/record.h"
#include "latchkey/store.h"
#include "latchkey/store/one_time_store.h"
#include "latchkey/token.h"

// The fixture of the conformance suite: latchkey/testing/store_suite.h says how to use it.
namespace latchkey {

// How GoogleTest prints differences.
inline void PrintTo(const SessionId& id, std::ostream* out) { *out << id.text(); }
inline void PrintTo(const SessionRecord& record, std::ostream* out) {
  *out << "{" << record.id.text() << " user " << record.user_id.text() << " version "
       << record.version << " seen " << to_unix_millis(record.last_seen_at) << " idle until "
       << to_unix_millis(record.idle_expires_at) << " at most until "
       << to_unix_millis(record.absolute_expires_at) << " level " << int{record.level}
       << " attributes " << record.attributes.substr(0, 80) << "}";
}
inline void PrintTo(const Tombstone& tombstone, std::ostream* out) {
  *out << "{" << tombstone.id.text() << " reason " << static_cast<int>(tombstone.reason) << " at "
       << to_unix_millis(tombstone.ended_at) << "}";
}

}  // namespace latchkey

// What the conformance suite needs to know of a store, and the fixture of its tests.
namespace latchkey::testing {

// StoreUnderTest is one body of data, empty at first, and a way to open it. It owns whatever the
// store stands on and cleans it up.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual Store& store() = 0;
  // open_again opens a second handle on the same data, as another process would; nullptr when the
  // data cannot be shared. The handle dies before this object.
  virtual std::unique_ptr<Store> open_again() { return nullptr; }
  // takes_any_id returns whether any form of session id is accepted. A cluster demands that
  // the id carries the slot tag of the session's user (docs/formats/token.md).
  virtual bool takes_any_id() const { return true; }
  // asks_server returns whether each call waits for another program. Races are then tried a quarter
  // as often, unless LATCHKEY_FULL=1 asks for all.
  virtual bool asks_server() const { return false; }
};

struct StoreFactory {
  std::string name;  // letters and digits: the name of the instantiated tests
  std::function<std::unique_ptr<StoreUnderTest>()> make;
};
inline std::string store_factory_name(const ::testing::TestParamInfo<StoreFactory>& info) {
  return info.param.name;
}
inline std::ostream& operator<<(std::ostream& out, const StoreFactory& factory) {
  return out << factory.name;
}

// full_run returns whether LATCHKEY_FULL=1 asks for the long versions of the tests.
inline bool full_run() {
  const char* full = std::getenv("LATCHKEY_FULL");
  return full != nullptr && std::string_view{full} == "1";
}
inline int scaled(int quick, int full) { return full_run() ? full : quick; }

// must returns the value of a call that may not fail.
template <class T>
T must(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : error_name(result.error().code));
  return result ? std::move(*result) : T{};
}

// run_parallel calls body(0) ... body(threads - 1) at the same time and returns when all are done.
template <class Body>
void run_parallel(int threads, Body body) {
  std::barrier start(threads);
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&start, &body, i] {
      start.arrive_and_wait();
      body(i);
    });
  }
  for (std::thread& thread : running) thread.join();
}

inline constexpr UnixTime kStart = from_unix_millis(1'800'000'000'000);
inline constexpr Millis kIdle = std::chrono::hours{24};
inline constexpr Millis kAbsolute = std::chrono::days{7};

class StoreSuite : public ::testing::TestWithParam<StoreFactory> {
 protected:
  void SetUp() override {
    data_ = GetParam().make();
    ASSERT_NE(data_, nullptr);
    const Result<StoreMeta> meta = data_->store().meta().meta();
    ASSERT_TRUE(meta) << error_name(meta.error().code);
    slot_key_ = meta->slot_key;
  }

  StoreUnderTest& data() { return *data_; }
  // trials is how often a race is tried.
  int trials(int quick, int full) {
    return scaled(data_->asks_server() ? (quick + 3) / 4 : quick, full);
  }
  SessionStore& sessions() { return data_->store().sessions(); }
  UserStore& users() { return data_->store().users(); }
  EpochStore& epochs() { return data_->store().epochs(); }
  DenyStore& denials() { return data_->store().denials(); }
  CounterStore& counters() { return data_->store().counters(); }
  KeyStore& keys() { return data_->store().keys(); }

  // next_id returns an id for a session of `user` that no test of this fixture had before.
  SessionId next_id(const UserId& user = {}) {
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text = user.empty() ? "06S" : slot_tag_of(user, slot_key_);
    std::uint64_t state = ++counter_;
    for (std::size_t i = 0; i < 20; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      text += kAlphabet[state >> 58];
    }
    return SessionId::parse(text).value();
  }
  UserId next_user() { return UserId::parse("user-" + std::to_string(++counter_)).value(); }

  SessionRecord make_record(const UserId& user, UnixTime created = kStart) {
    SessionRecord record;
    record.id = next_id(user);
    const std::uint64_t number = counter_;
    for (std::size_t i = 0; i < SecretHash::kBytes; ++i) {
      record.secret_hash.bytes[i] = static_cast<std::uint8_t>((number >> (8 * (i % 8))) + i);
    }
    record.user_id = user;
    record.created_at = created;
    record.authenticated_at = user.empty() ? UnixTime{} : created;
    record.last_seen_at = created;
    record.idle_expires_at = created + kIdle;
    record.absolute_expires_at = created + kAbsolute;
    record.idle = kIdle;
    record.level = user.empty() ? 0 : 1;
    record.user_agent = "Mozilla/5.0 (X11; Linux x86_64)";
    record.address = "192.0.2.7";
    record.attributes = R"({"theme":"dark"})";
    return record;
  }
  // add inserts a new session and returns its record.
  SessionRecord add(const UserId& user, UnixTime created = kStart) {
    SessionRecord record = make_record(user, created);
    EXPECT_EQ(must(sessions().insert(record, {.now = created})).status, InsertStatus::inserted);
    return record;
  }
  StoredUser make_user(std::string_view name) {
    StoredUser user;
    user.user = {.id = next_user(), .username = std::string{name}, .created_at = kStart};
    user.username_key = name;
    user.password_hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + std::string{name};
    return user;
  }

  Found look_up(const SessionId& id, const FindOptions& options = {}) {
    std::vector<Found> found = must(sessions().find({&id, 1}, options));
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Found{} : std::move(found[0]);
  }
  bool exists(const SessionId& id) { return look_up(id).record.has_value(); }
  std::size_t remove(const SessionId& id, UnixTime now = kStart) {
    return must(sessions().remove({&id, 1}, EndReason::logout, now));
  }
  std::size_t touch(const SessionId& id, UnixTime seen, UnixTime idle_expires_at) {
    const Touch touch{id, seen, idle_expires_at};
    return must(sessions().touch({&touch, 1}));
  }
  // live returns the ids of the live sessions of `user`, page by page.
  std::vector<SessionId> live(const UserId& user, UnixTime now, std::size_t limit = 1000) {
    std::vector<SessionId> ids;
    PageRequest request{.now = now, .limit = limit};
    do {
      const std::string before = request.after;
      const SessionPage page = must(sessions().list_user(user, request));
      if (!page.next.empty() && page.next == before) {
        ADD_FAILURE() << "a page points at itself";
        break;
      }
      for (const SessionRecord& record : page.records) ids.push_back(record.id);
      request.after = page.next;
    } while (!request.after.empty());
    return ids;
  }

 private:
  std::unique_ptr<StoreUnderTest> data_;
  std::array<std::uint8_t, 32> slot_key_{};
  std::atomic<std::uint64_t> counter_{0};
};

inline constexpr Millis kSecretLife = std::chrono::minutes{15};

// make_secret returns the `number`-th secret, for user "alice" and purpose "reset" unless changed.
inline OneTimeSecret make_secret(int number, UnixTime created = kStart) {
  OneTimeSecret secret{.purpose = "reset",
                       .user_id = UserId::parse("alice").value(),
                       .data = "a@example.org",
                       .created_at = created,
                       .expires_at = created + kSecretLife};
  for (std::size_t i = 0; i < SecretHash::kBytes; ++i) {
    secret.hash.bytes[i] =
        static_cast<std::uint8_t>((number >> (8 * (i % 4))) + static_cast<int>(i));
  }
  return secret;
}

}  // namespace latchkey::testing
