#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "store/redis/records/keys.h"
#include "store/redis/wire/client.h"

namespace latchkey::redis {

// Engine is what the parts of a store share.
class Engine {
 public:
  Engine(Client& client, Keys& keys, const RedisOptions& options)
      : client_(client), keys_(keys), read_(options.read_timeout), write_(options.write_timeout) {}

  Client& client() noexcept { return client_; }
  const Keys& keys() const noexcept { return keys_; }
  Millis read_timeout() const noexcept { return read_; }
  Millis write_timeout() const noexcept { return write_; }
  const std::string& instance() const noexcept { return instance_; }
  // adopt makes `meta` the store every call is meant for; before calls by other threads.
  void adopt(const StoreMeta& meta) {
    instance_ = meta.instance;
    keys_.set_slot_key(meta.slot_key);
  }
  Error lost() const;

  Call script(const Script& script, const Place& place, std::vector<std::string> args) const {
    Call call{.slot = place.slot, .script = &script, .keys = {place.marker}};
    call.args = {instance_, place.base};
    call.args.insert(call.args.end(), std::make_move_iterator(args.begin()),
                     std::make_move_iterator(args.end()));
    return call;
  }
  Call repeatable(const Script& what, const Place& place, std::vector<std::string> args) const {
    Call call = script(what, place, std::move(args));
    call.repeatable = true;
    return call;
  }
  // read and write run one script. A read may be sent again after a lost connection.
  Result<Reply> read(const Script& what, const Place& place, std::vector<std::string> args) {
    return one(repeatable(what, place, std::move(args)), read_);
  }
  Result<Reply> write(const Script& what, const Place& place, std::vector<std::string> args) {
    return one(script(what, place, std::move(args)), write_);
  }

 private:
  Result<Reply> one(const Call& call, Millis timeout) {
    auto replies = client_.run({&call, 1}, timeout);
    if (!replies) return replies.error();
    return std::move(replies->front());
  }

  Client& client_;
  Keys& keys_;
  Millis read_, write_;
  std::string instance_;
};

// sum runs calls that each answer a number and adds them up.
Result<std::size_t> sum(Engine& engine, const std::vector<Call>& calls);

// damaged is the error of a value that nothing here wrote.
inline Error damaged() {
  return Error{Errc::store_damaged, "Redis holds a value that is not of this store's form"};
}

inline std::string millis_text(UnixTime time) { return std::to_string(to_unix_millis(time)); }

}  // namespace latchkey::redis
