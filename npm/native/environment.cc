#include "environment.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "napi.h"

namespace latchkey::node {
namespace {

using Shared = std::shared_ptr<Environment>;

struct Live {
  std::mutex mutex;
  std::vector<std::weak_ptr<Environment>> environments;
};

// Never destroyed: threads outlive the static objects of the library.
Live& live() {
  static auto* const the = new Live;
  return *the;
}

}  // namespace

// Hooks run in the reverse of their order: close runs before Node frees what wake_ is.
bool Environment::enter(napi_env env) {
  const Shared made(new Environment);
  if (napi_create_threadsafe_function(env, nullptr, nullptr, make_text(env, "latchkey"), 0, 1,
                                      nullptr, nullptr, made.get(), woken,
                                      &made->wake_) != napi_ok ||
      napi_unref_threadsafe_function(env, made->wake_) != napi_ok) {
    return false;
  }
  auto owned = std::make_unique<Shared>(made);
  const auto drop = [](napi_env, void* data, void*) { delete static_cast<Shared*>(data); };
  if (napi_set_instance_data(env, owned.get(), drop, nullptr) != napi_ok) return false;
  static_cast<void>(owned.release());
  const auto close_it = [](void* data) {
    auto* const ending = static_cast<Environment*>(data);
    ending->close();
    ending->turns_.clear();
  };
  if (napi_add_env_cleanup_hook(env, close_it, made.get()) != napi_ok) return false;
  static const int registered = std::atexit(close_all);
  static_cast<void>(registered);
  Live& all = live();
  const std::lock_guard lock(all.mutex);
  std::erase_if(all.environments, [](const auto& one) { return one.expired(); });
  all.environments.push_back(made);
  return true;
}

Shared Environment::of(napi_env env) {
  void* data = nullptr;
  if (napi_get_instance_data(env, &data) != napi_ok || data == nullptr) return nullptr;
  return *static_cast<Shared*>(data);
}

void Environment::hold(napi_env env) {
  if (held_++ == 0) napi_ref_threadsafe_function(env, wake_);
}

void Environment::complete(std::vector<std::shared_ptr<Completion>> done) {
  const std::lock_guard lock(mutex_);
  if (closed_ || done.empty()) return;  // `done` ends without the lock
  const bool woken = !done_.empty();
  done_.insert(done_.end(), std::make_move_iterator(done.begin()),
               std::make_move_iterator(done.end()));
  if (woken) return;
  // Under the lock: close() cannot return in between.
  if (napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking) != napi_ok) {
    closed_ = true;
  }
}

// What is woken runs behind all that this turn has still to do. Of timers, which a program may have
// replaced for its tests, it knows nothing.
void Environment::gather(napi_env env, const std::shared_ptr<Gatherer>& by,
                         std::shared_ptr<Pending> call) {
  hold(env);
  auto turn =
      std::find_if(turns_.begin(), turns_.end(), [&](const Turn& other) { return other.by == by; });
  if (turn == turns_.end()) {
    if (turns_.empty()) napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
    turns_.push_back({by, {}});
    turn = turns_.end() - 1;
  }
  turn->calls.push_back(std::move(call));
  if (turn->calls.size() >= kTogether) by->send(by, std::exchange(turn->calls, {}));
}

void Environment::end_turn() {
  for (Turn& turn : std::exchange(turns_, {})) {
    if (!turn.calls.empty()) turn.by->send(turn.by, std::move(turn.calls));
  }
}

void Environment::woken(napi_env env, napi_value, void* context, void*) {
  if (env == nullptr) return;
  auto* const environment = static_cast<Environment*>(context);
  environment->end_turn();
  environment->settle_all(env);
}

void Environment::settle_all(napi_env env) {
  std::vector<std::shared_ptr<Completion>> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
  }
  for (const std::shared_ptr<Completion>& one : done) {
    napi_handle_scope scope = nullptr;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    one->settle(env);
    napi_close_handle_scope(env, scope);
  }
  held_ -= done.size();
  if (held_ == 0) napi_unref_threadsafe_function(env, wake_);
}

void Environment::close() {
  std::vector<std::shared_ptr<Completion>> dropped;  // ends without the lock
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(done_);
}

// The process exits without the hooks of its main environment: its threads still run, and must not
// wake what Node is taking apart.
void Environment::close_all() {
  Live& all = live();
  const std::lock_guard lock(all.mutex);
  for (const std::weak_ptr<Environment>& one : all.environments) {
    if (const Shared environment = one.lock()) environment->close();
  }
}

}  // namespace latchkey::node
