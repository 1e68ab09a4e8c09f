#include "store/redis/wire/errors.h"

#include <algorithm>
#include <array>

#include "store/redis/records/scripts.h"

namespace latchkey::redis {
namespace {

struct Meaning {
  std::string_view word;  // the first word of the error
  Errc code;
  std::string_view detail;
};
constexpr std::string_view kFull =
    "Redis is out of memory (maxmemory): raise maxmemory; nobody was logged out";
constexpr std::string_view kCannotSave =
    "Redis refuses writes because it cannot save to its disk: free space there";
constexpr std::string_view kFewReplicas =
    "Redis refuses writes because it has too few replicas (min-replicas-to-write)";

constexpr std::array kMeanings{
    Meaning{kLostMarker, Errc::store_mismatch,
            "Redis does not hold the instance marker of this store: it was emptied, or another one "
            "answers; restore its data, or start over with a new data directory"},
    Meaning{"OOM", Errc::store_read_only, kFull},
    Meaning{"READONLY", Errc::store_read_only, "Redis is a replica: connect to its primary"},
    Meaning{"MISCONF", Errc::store_read_only, kCannotSave},
    Meaning{"NOREPLICAS", Errc::store_read_only, kFewReplicas},
    Meaning{"NOPERM", Errc::store_read_only,
            "the ACL user of Redis lacks a permission: docs/formats/redis.md names what it needs"},
    Meaning{"NOAUTH", Errc::store_unavailable, "Redis wants a password: put it into the URL"},
    Meaning{"WRONGPASS", Errc::store_unavailable,
            "Redis refuses the user or the password of the URL"},
    Meaning{"DENIED", Errc::store_unavailable,
            "Redis is in protected mode and takes no connections from other machines: give it a "
            "password, or bind it to an address"},
    Meaning{"LOADING", Errc::store_unavailable, "Redis is loading its data; this passes"},
    Meaning{"BUSY", Errc::store_busy, "Redis is busy with a script of somebody else"},
    Meaning{"CLUSTERDOWN", Errc::store_unavailable,
            "the cluster does not serve all slots: a primary is down and no replica took over"},
    Meaning{"TRYAGAIN", Errc::store_busy, "the cluster is moving this slot; this passes"},
    Meaning{"MASTERDOWN", Errc::store_unavailable, "Redis has lost its primary"},
    Meaning{"WRONGTYPE", Errc::store_damaged,
            "a key of the store holds another kind of value: something else wrote to it"},
    Meaning{"NOPROTO", Errc::bad_config, "Redis does not speak RESP3: 7.0 or later is needed"},
};

// Of these an operator must change something.
constexpr std::array<std::string_view, 3> kRefusals{"NOPERM", "NOAUTH", "WRONGPASS"};
constexpr std::string_view kRefusedCommand = "Redis refused a command: ";
// What is said of something that answers, but is not the server that the URL describes.
constexpr std::array<std::string_view, 7> kMisfits{
    kRefusedCommand,     "is a replica",         "does not speak RESP3", "certificate",
    "no TLS came about", "wrong version number", "this port speaks TLS"};

// Some errors from within a script begin with a word that says nothing. The second is Valkey's.
constexpr std::string_view kScriptMayNot = "ERR The user executing the script can't";
constexpr std::string_view kScriptWasDenied = "ERR ACL failure in script";
constexpr std::string_view kSlotIsMoving = "ERR Script attempted to access a non local key";
constexpr std::string_view kUnknown = "ERR unknown command";
constexpr std::array kByBeginning{
    Meaning{"ERR max number of clients reached", Errc::store_unavailable,
            "Redis has no connection left: raise maxclients, or end what holds them"},
    Meaning{"ERR max number of clients + cluster", Errc::store_unavailable,
            "Redis has no connection left: raise maxclients, or end what holds them"},
    Meaning{"ERR DB index is out of range", Errc::bad_config,
            "Redis has no database of this number: raise `databases` there, or use another one"},
    Meaning{"ERR SELECT is not allowed in cluster mode", Errc::bad_config,
            "a cluster has only database 0"},
    Meaning{"ERR Unknown Redis command called from", Errc::bad_config,
            "Redis does not offer a command to scripts that latchkey needs: remove its "
            "rename-command"},
};

// The name of a command in quotes, when it is one: what follows it repeats arguments.
std::string quoted_name(std::string_view text) {
  const std::size_t from = text.find('\'');
  const std::size_t to = text.find('\'', from + 1);
  constexpr std::size_t kMaxName = 20;
  if (to == std::string_view::npos || to - from > kMaxName) return "a command";
  return std::string{text.substr(from + 1, to - from - 1)};
}

}  // namespace

Error to_error(const Reply& reply) {
  if (reply.text.starts_with(kScriptMayNot) || reply.text.starts_with(kScriptWasDenied))
    return to_error({reply.kind, "NOPERM"});
  if (reply.text.starts_with(kSlotIsMoving)) return to_error({reply.kind, "TRYAGAIN"});
  for (const Meaning& meaning : kByBeginning) {
    if (!reply.text.starts_with(meaning.word)) continue;
    return Error{meaning.code, std::string{meaning.detail}};
  }
  if (reply.text.starts_with(kUnknown)) {
    return Error{Errc::bad_config,
                 "Redis does not offer " + quoted_name(reply.text) +
                     ": 7.0 or later is needed, without rename-command for what latchkey calls, "
                     "and without a proxy that does not know it"};
  }
  const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
    return reply.error_starts(meaning.word);
  });
  if (found != kMeanings.end()) return Error{found->code, std::string{found->detail}};
  // Only the first word: what follows may repeat arguments.
  return Error{Errc::store_unavailable,
               std::string{kRefusedCommand} + reply.text.substr(0, reply.text.find(' '))};
}

bool is_refusal(std::string_view detail) noexcept {
  const auto is_part = [&](std::string_view sign) {
    return detail.find(sign) != std::string_view::npos;
  };
  if (std::any_of(kMisfits.begin(), kMisfits.end(), is_part)) return true;
  const auto misconfigured = [&](const Meaning& meaning) {
    return meaning.code == Errc::bad_config && is_part(meaning.detail);
  };
  if (std::any_of(kByBeginning.begin(), kByBeginning.end(), misconfigured)) return true;
  return std::any_of(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
    return is_part(meaning.detail) &&
           std::find(kRefusals.begin(), kRefusals.end(), meaning.word) != kRefusals.end();
  });
}

bool refuses_writes_for_now(const Error& error) noexcept {
  return error.detail == kFull || error.detail == kCannotSave || error.detail == kFewReplicas;
}

bool is_redirect(const Reply& reply) noexcept {
  return reply.error_starts("MOVED") || reply.error_starts("ASK");
}

bool is_moving(const Reply& reply) noexcept {
  return reply.error_starts("TRYAGAIN") ||
         (reply.kind == Reply::Kind::error && reply.text.starts_with(kSlotIsMoving));
}

bool is_passing(const Reply& reply) noexcept {
  return is_moving(reply) || reply.error_starts("CLUSTERDOWN") || reply.error_starts("LOADING") ||
         reply.error_starts("MASTERDOWN");
}

}  // namespace latchkey::redis
