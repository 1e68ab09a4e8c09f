#include "promise.h"

namespace latchkey::node {
namespace {

struct Pending {
  std::unique_ptr<Task> task;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

void execute(napi_env, void* data) { static_cast<Pending*>(data)->task->work(); }

void complete(napi_env env, napi_status status, void* data) {
  std::unique_ptr<Pending> pending(static_cast<Pending*>(data));
  napi_delete_async_work(env, pending->work);
  if (status == napi_cancelled) return;  // the environment is going away
  const Error* failure = pending->task->failure();
  if (failure != nullptr) {
    napi_reject_deferred(env, pending->deferred, make_error(env, *failure));
  } else {
    napi_resolve_deferred(env, pending->deferred, pending->task->value(env));
  }
}

}  // namespace

napi_value start(napi_env env, std::unique_ptr<Task> task) {
  auto pending = std::make_unique<Pending>();
  pending->task = std::move(task);
  napi_value promise = nullptr;
  napi_create_promise(env, &pending->deferred, &promise);
  Pending* raw = pending.release();
  napi_create_async_work(env, nullptr, make_text(env, "latchkey"), execute, complete, raw,
                         &raw->work);
  napi_queue_async_work(env, raw->work);
  return promise;
}

}  // namespace latchkey::node
