#include "postgres/libpq.h"

#include <dlfcn.h>
#include <libpq-fe.h>

#include <array>
#include <cstddef>
#include <mutex>

// The functions of libpq that src/store/postgres calls, each with its arguments. The addon defines
// them itself: it runs where there is no libpq, until somebody opens a store of PostgreSQL.
#define LATCHKEY_EACH_OF_LIBPQ(F)                                                                  \
  F(PQbackendPID, int, (const PGconn* a), (a))                                                     \
  F(PQclear, void, (PGresult * a), (a))                                                            \
  F(PQcmdTuples, char*, (PGresult * a), (a))                                                       \
  F(PQconnectPoll, PostgresPollingStatusType, (PGconn * a), (a))                                   \
  F(PQconnectStartParams, PGconn*, (const char* const* a, const char* const* b, int c), (a, b, c)) \
  F(PQconninfoFree, void, (PQconninfoOption * a), (a))                                             \
  F(PQconninfoParse, PQconninfoOption*, (const char* a, char** b), (a, b))                         \
  F(PQconsumeInput, int, (PGconn * a), (a))                                                        \
  F(PQenterPipelineMode, int, (PGconn * a), (a))                                                   \
  F(PQerrorMessage, char*, (const PGconn* a), (a))                                                 \
  F(PQexitPipelineMode, int, (PGconn * a), (a))                                                    \
  F(PQfinish, void, (PGconn * a), (a))                                                             \
  F(PQflush, int, (PGconn * a), (a))                                                               \
  F(PQfname, char*, (const PGresult* a, int b), (a, b))                                            \
  F(PQfreemem, void, (void* a), (a))                                                               \
  F(PQftype, Oid, (const PGresult* a, int b), (a, b))                                              \
  F(PQgetResult, PGresult*, (PGconn * a), (a))                                                     \
  F(PQgetisnull, int, (const PGresult* a, int b, int c), (a, b, c))                                \
  F(PQgetlength, int, (const PGresult* a, int b, int c), (a, b, c))                                \
  F(PQgetvalue, char*, (const PGresult* a, int b, int c), (a, b, c))                               \
  F(PQisBusy, int, (PGconn * a), (a))                                                              \
  F(PQnfields, int, (const PGresult* a), (a))                                                      \
  F(PQnotifies, PGnotify*, (PGconn * a), (a))                                                      \
  F(PQntuples, int, (const PGresult* a), (a))                                                      \
  F(PQparameterStatus, const char*, (const PGconn* a, const char* b), (a, b))                      \
  F(PQpipelineSync, int, (PGconn * a), (a))                                                        \
  F(PQresultErrorField, char*, (const PGresult* a, int b), (a, b))                                 \
  F(PQresultStatus, ExecStatusType, (const PGresult* a), (a))                                      \
  F(PQsendPrepare, int, (PGconn * a, const char* b, const char* c, int d, const Oid* e),           \
    (a, b, c, d, e))                                                                               \
  F(PQsendQuery, int, (PGconn * a, const char* b), (a, b))                                         \
  F(PQsendQueryParams, int,                                                                        \
    (PGconn * a, const char* b, int c, const Oid* d, const char* const* e, const int* f,           \
     const int* g, int h),                                                                         \
    (a, b, c, d, e, f, g, h))                                                                      \
  F(PQsendQueryPrepared, int,                                                                      \
    (PGconn * a, const char* b, int c, const char* const* d, const int* e, const int* f, int g),   \
    (a, b, c, d, e, f, g))                                                                         \
  F(PQsetErrorVerbosity, PGVerbosity, (PGconn * a, PGVerbosity b), (a, b))                         \
  F(PQsetNoticeProcessor, PQnoticeProcessor, (PGconn * a, PQnoticeProcessor b, void* c),           \
    (a, b, c))                                                                                     \
  F(PQsetnonblocking, int, (PGconn * a, int b), (a, b))                                            \
  F(PQsocket, int, (const PGconn* a), (a))                                                         \
  F(PQstatus, ConnStatusType, (const PGconn* a), (a))

namespace latchkey::node {
namespace {

#define LATCHKEY_INDEX(name, result, parameters, arguments) k##name,
#define LATCHKEY_NAME(name, result, parameters, arguments) #name,
enum Index : std::size_t { LATCHKEY_EACH_OF_LIBPQ(LATCHKEY_INDEX) kCount };
constexpr std::array<const char*, kCount> kNames = {LATCHKEY_EACH_OF_LIBPQ(LATCHKEY_NAME)};
#undef LATCHKEY_INDEX
#undef LATCHKEY_NAME

std::array<void*, kCount> g_functions{};

// libpq uses the system's OpenSSL. Node exports functions of the same names; with RTLD_DEEPBIND the
// library's own come first. The sanitizers refuse the flag, and their tests use no TLS.
#ifdef __SANITIZE_ADDRESS__
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL;
#else
constexpr int kFlags = RTLD_LAZY | RTLD_LOCAL | RTLD_DEEPBIND;
#endif

std::string last_problem() {
  const char* const problem = ::dlerror();
  return problem == nullptr ? "no reason is given" : problem;
}

}  // namespace

// Threads that have no connection yet may still be at work, so what was found is never let go.
std::string load_libpq() {
  static std::mutex mutex;
  static bool loaded = false;
  const std::lock_guard lock(mutex);
  if (loaded) return {};
  void* const library = ::dlopen("libpq.so.5", kFlags);
  if (library == nullptr) return last_problem();
  std::array<void*, kCount> found{};
  for (std::size_t i = 0; i < kCount; ++i) {
    found[i] = ::dlsym(library, kNames[i]);
    if (found[i] == nullptr) return last_problem();
  }
  g_functions = found;
  loaded = true;
  return {};
}

}  // namespace latchkey::node

#define LATCHKEY_DEFINE(name, result, parameters, arguments)             \
  extern "C" result name parameters {                                    \
    return reinterpret_cast<decltype(&::name)>(                          \
        latchkey::node::g_functions[latchkey::node::k##name]) arguments; \
  }
LATCHKEY_EACH_OF_LIBPQ(LATCHKEY_DEFINE)
