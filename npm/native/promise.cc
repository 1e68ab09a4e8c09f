#include "promise.h"

#include "environment.h"

namespace latchkey::node {
namespace {

// Pending is a task with the promise that waits for it.
class Pending final : public Completion {
 public:
  Pending(std::unique_ptr<Task> task, napi_deferred deferred)
      : task_(std::move(task)), deferred_(deferred) {}
  void work() { task_->work(); }

  void settle(napi_env env) override {
    if (const Error* failure = task_->failure()) return reject(env, make_error(env, *failure));
    const napi_value value = task_->value(env);
    bool thrown = false;
    napi_is_exception_pending(env, &thrown);
    if (!thrown) {
      napi_resolve_deferred(env, deferred_, value);
      return;
    }
    napi_value exception = nullptr;
    napi_get_and_clear_last_exception(env, &exception);
    reject(env, exception);
  }
  void reject(napi_env env, napi_value error) { napi_reject_deferred(env, deferred_, error); }

 private:
  std::unique_ptr<Task> task_;
  napi_deferred deferred_;
};

}  // namespace

napi_value start(napi_env env, std::unique_ptr<Task> task, Lane& lane) {
  const std::shared_ptr<Environment> home = Environment::of(env);
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  if (!home || napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
  auto pending = std::make_shared<Pending>(std::move(task), deferred);
  const bool taken = lane.offer([home, pending]() mutable {
    pending->work();
    home->complete(std::move(pending));
  });
  if (taken) {
    home->hold(env);
  } else {
    pending->reject(env, make_error(env, Error{Errc::overloaded, lane.refusal()}));
  }
  return promise;
}

}  // namespace latchkey::node
