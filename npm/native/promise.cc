#include "promise.h"

#include "waiting_threads.h"

namespace latchkey::node {
namespace {

struct Pending {
  std::unique_ptr<Task> task;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;             // computing
  napi_threadsafe_function settle = nullptr;  // waiting
};

void settle(napi_env env, const Pending& pending) {
  const Error* failure = pending.task->failure();
  if (failure != nullptr) {
    napi_reject_deferred(env, pending.deferred, make_error(env, *failure));
  } else {
    napi_resolve_deferred(env, pending.deferred, pending.task->value(env));
  }
}

void compute(napi_env, void* data) { static_cast<Pending*>(data)->task->work(); }

void complete(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Pending> pending(static_cast<Pending*>(data));
  napi_delete_async_work(env, pending->work);
  if (status != napi_cancelled) settle(env, *pending);  // else the environment is going away
}

void start_computing(napi_env env, std::unique_ptr<Pending> pending) {
  Pending* raw = pending.release();
  napi_create_async_work(env, nullptr, make_text(env, "latchkey"), compute, complete, raw,
                         &raw->work);
  napi_queue_async_work(env, raw->work);
}

// Runs on the thread of JavaScript; without one the environment is going away.
void settle_waited(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Pending> pending(static_cast<Pending*>(data));
  if (env != nullptr) settle(env, *pending);
}

void start_waiting(napi_env env, std::unique_ptr<Pending> pending) {
  Pending* raw = pending.release();
  napi_create_threadsafe_function(env, nullptr, nullptr, make_text(env, "latchkey"), 0, 1, nullptr,
                                  nullptr, nullptr, settle_waited, &raw->settle);
  run_waiting([raw] {
    std::unique_ptr<Pending> owned(raw);
    const napi_threadsafe_function function = owned->settle;
    owned->task->work();
    if (napi_call_threadsafe_function(function, raw, napi_tsfn_blocking) == napi_ok) {
      static_cast<void>(owned.release());  // settle_waited has it
    }
    napi_release_threadsafe_function(function, napi_tsfn_release);
  });
}

}  // namespace

napi_value start(napi_env env, std::unique_ptr<Task> task, Where where) {
  auto pending = std::make_unique<Pending>();
  pending->task = std::move(task);
  napi_value promise = nullptr;
  napi_create_promise(env, &pending->deferred, &promise);
  if (where == Where::waiting) {
    start_waiting(env, std::move(pending));
  } else {
    start_computing(env, std::move(pending));
  }
  return promise;
}

}  // namespace latchkey::node
