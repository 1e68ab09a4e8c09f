#include "promise.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace latchkey::node {

std::shared_ptr<Pending> Pending::make(napi_env env, std::unique_ptr<Outcome> outcome,
                                       napi_value& promise) {
  std::shared_ptr<Environment> home = Environment::of(env);
  napi_deferred deferred = nullptr;
  if (!home || napi_create_promise(env, &deferred, &promise) != napi_ok) return nullptr;
  return std::make_shared<Pending>(std::move(outcome), std::move(home), deferred);
}

void Pending::settle(napi_env env) {
  const Error* failure = refusal_ ? &*refusal_ : outcome_->failure();
  if (failure != nullptr) return reject(env, make_error(env, *failure));
  const napi_value value = outcome_->value(env);
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

void complete(std::vector<std::shared_ptr<Pending>> calls) {
  while (!calls.empty()) {
    const std::shared_ptr<Environment> home = calls.back()->home();
    const auto others = std::partition(calls.begin(), calls.end(),
                                       [&](const auto& call) { return call->home() != home; });
    home->complete({std::make_move_iterator(others), std::make_move_iterator(calls.end())});
    calls.erase(others, calls.end());
  }
}

napi_value gather(napi_env env, const std::shared_ptr<Gatherer>& by,
                  std::unique_ptr<Outcome> call) {
  napi_value promise = nullptr;
  std::shared_ptr<Pending> pending = Pending::make(env, std::move(call), promise);
  if (!pending) return nullptr;
  const std::shared_ptr<Environment> home = pending->home();
  home->gather(env, by, std::move(pending));
  return promise;
}

napi_value start(napi_env env, std::unique_ptr<Task> task, Lane& lane) {
  napi_value promise = nullptr;
  Task& work = *task;
  const std::shared_ptr<Pending> pending = Pending::make(env, std::move(task), promise);
  if (!pending) return nullptr;
  const bool taken = lane.offer([pending, &work]() mutable {
    work.work();
    complete({std::move(pending)});
  });
  if (taken) {
    pending->home()->hold(env);
  } else {
    pending->reject(env, make_error(env, Error{Errc::overloaded, lane.refusal()}));
  }
  return promise;
}

}  // namespace latchkey::node
