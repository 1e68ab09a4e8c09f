#include "store/redis/preflight.h"

#include "base/log.h"
#include "store/redis/wire/errors.h"

namespace latchkey::redis {
namespace {

Place probe_place(const Engine& engine) {
  return engine.keys().of_key(engine.keys().of_meta().base + "-probe");
}

// EVAL first, which EVALSHA falls back to: a script that the server knows already would hide that
// it is not offered.
std::vector<Call> probes(const Engine& engine) {
  const Place place = probe_place(engine);
  Call eval{.slot = place.slot,
            .args = {"EVAL", kProbe.text(), "1", place.marker, engine.instance(), place.base}};
  Call scan{.slot = place.slot, .args = {"SCAN", "0", "MATCH", place.base, "COUNT", "1"}};
  Call time{.slot = place.slot, .args = {"TIME"}};
  Call mget{.slot = place.slot, .args = {"MGET", place.marker}};
  return {eval, engine.script(kProbe, place, {}), scan, time, mget};
}

// text_of returns the value under `name` in the answer of INFO.
std::string_view text_of(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(std::string{"\n"}.append(name).append(":"));
  if (at == std::string_view::npos) return {};
  const std::size_t from = at + name.size() + 2;
  return info.substr(from, info.find('\r', from) - from);
}

std::string ask(Engine& engine, std::uint16_t slot, std::vector<std::string> command) {
  const Call call{.slot = slot, .args = std::move(command), .repeatable = true};
  auto replies = engine.client().run({&call, 1}, engine.write_timeout());
  if (!replies) return {};
  const Reply& reply = replies->front();
  return reply.elements.size() == 2 ? reply.elements[1].text : reply.text;
}

}  // namespace

Result<void> check_server(Engine& engine, bool read_only) {
  if (read_only) return {};
  const std::vector<Call> calls = probes(engine);
  for (const Call& call : calls) {
    auto done = engine.client().run({&call, 1}, engine.write_timeout());
    if (done) continue;
    if (!refuses_writes_for_now(done.error())) return done.error();
    log(LogLevel::warn, "store_refuses_writes", {{"detail", done.error().detail}});
  }
  return {};
}

void warn_about_server(Engine& engine) {
  for (const std::uint16_t slot : engine.client().primaries()) {
    const std::string memory = ask(engine, slot, {"INFO", "memory"});
    const std::string_view policy = text_of(memory, "maxmemory_policy");
    if (!policy.empty() && policy != "noeviction") {
      log(LogLevel::warn, "redis_evicts",
          {{"maxmemory_policy", policy},
           {"detail",
            "Redis drops sessions, and what is known of ended ones, when its memory is full: set "
            "maxmemory-policy to noeviction"}});
    }
    const std::string persistence = ask(engine, slot, {"INFO", "persistence"});
    // A user that may not read it is told nothing; one that may, gets at least a name back.
    const Call save{.slot = slot, .args = {"CONFIG", "GET", "save"}, .repeatable = true};
    auto saved = engine.client().run({&save, 1}, engine.write_timeout());
    const bool snapshots =
        !saved || saved->front().elements.size() != 2 || !saved->front().elements[1].text.empty();
    if (text_of(persistence, "aof_enabled") == "0" && !snapshots) {
      log(LogLevel::warn, "redis_not_persistent",
          {{"detail",
            "Redis keeps nothing on its disk, so that everybody is logged out and users are lost "
            "when it ends: set appendonly to yes"}});
    }
  }
}

}  // namespace latchkey::redis
