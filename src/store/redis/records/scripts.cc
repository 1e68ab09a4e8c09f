#include "store/redis/records/scripts.h"

#include "crypto/digest.h"

// The places of a record's parts are those of value.cc, counted from 1.
namespace latchkey::redis {
namespace {

// LINGER: what is past its deadline stays for a day, so that its owner can be told why. It is
// kTombstoneLife, as TOMB is.
constexpr std::string_view kPrelude = R"lua(
local NEVER, LINGER, TOMB = 253402300799999, 86400000, 86400000
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('LATCHKEYLOST the instance marker is missing or another')
end
local base = ARGV[2]
local function pack(n) return struct.pack('<I6', n) end
local function number(v, at) return (struct.unpack('<I6', v, at)) end
local function is_record(v) return v and #v >= 75 and string.byte(v) == 82 end
local function deadline(v) return math.min(number(v, 14), number(v, 20)) end
local function user_of(v) return string.sub(v, 76, 75 + string.byte(v, 75)) end
local function get(id) return redis.call('GET', base .. 's:' .. id) end
local function life(ends, now) return math.max(ends - now, 0) + LINGER end
local function put(id, v, now)
  local ends = deadline(v)
  if ends >= NEVER then redis.call('SET', base .. 's:' .. id, v)
  else redis.call('SET', base .. 's:' .. id, v, 'PX', life(ends, now)) end
end
local function finish(id, v, reason, now)
  local tombstone = 'T' .. string.char(reason) .. pack(now) .. string.sub(v, 43, 74)
  redis.call('SET', base .. 's:' .. id, tombstone, 'PX', TOMB)
end
)lua";

constexpr std::string_view kEndAllOf = R"lua(
local function end_all_of(user, except, reason, now, out)
  local index = base .. 'i:' .. user
  for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if id ~= except then
      local v = get(id)
      if is_record(v) and user_of(v) == user then
        finish(id, v, reason, now)
        out[#out + 1] = id
      end
      redis.call('ZREM', index, id)
    end
  end
  return out
end
)lua";

std::string with_ending(std::string_view body) { return std::string{kEndAllOf}.append(body); }

// A user stands beside its sessions in near caches, so what changes a user writes its sessions,
// too.
constexpr std::string_view kTellOf = R"lua(
local function tell_of(user)
  for _, id in ipairs(redis.call('ZRANGE', base .. 'i:' .. user, 0, -1)) do
    if is_record(get(id)) then redis.call('SETRANGE', base .. 's:' .. id, 0, 'R') end
  end
end
)lua";

std::string with_telling(std::string_view body) { return std::string{kTellOf}.append(body); }

}  // namespace

Script::Script(std::string_view flags, std::string_view body)
    : text_(std::string{"#!lua"}
                .append(flags.empty() ? "" : " flags=")
                .append(flags)
                .append(kPrelude)
                .append(body)),
      sha_(crypto::sha1_hex(text_)) {}

// -> the values of the keys behind the marker, and behind each the four fields of its user. They
// are keys, because the engine tells of changes of what a script names there, and of nothing else.
const Script kFind("no-writes", R"lua(
local out, users = {}, {}
for i, v in ipairs(redis.call('MGET', unpack(KEYS, 2))) do
  local user = is_record(v) and user_of(v) or ''
  if user ~= '' and users[user] == nil then
    users[user] = redis.call('HMGET', base .. 'u:' .. user, 'username', 'attributes', 'disabled',
      'created_at')
  end
  out[2 * i - 1] = v
  out[2 * i] = users[user] or false
end
return out
)lua");

// id value user now max epoch -> {0, evicted...}; {1}: the id is taken; {2}: another epoch
const Script kInsert("", R"lua(
local id, value, user = ARGV[3], ARGV[4], ARGV[5]
local now, max, epoch = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
if get(id) then return {1} end
if epoch ~= '' and (redis.call('GET', base .. 'e:' .. user) or '0') ~= epoch then return {2} end
local out = {0}
if user == '' then
  put(id, value, now)
  return out
end
local index = base .. 'i:' .. user
local size = redis.call('ZCARD', index)
if max > 0 and size >= max then
  local alive = {}
  for place, other in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    local v = get(other)
    if not is_record(v) then redis.call('ZREM', index, other)
    elseif now < deadline(v) then alive[#alive + 1] = {number(v, 8), place, other, v} end
  end
  table.sort(alive, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  for n = 1, #alive - max + 1 do
    finish(alive[n][3], alive[n][4], 3, now)
    redis.call('ZREM', index, alive[n][3])
    out[#out + 1] = alive[n][3]
  end
elseif size > 0 then
  -- Eight entries are looked at, the oldest and some at random, so that dead ones cannot pile up.
  local some = redis.call('ZRANGE', index, 0, 3)
  for _, other in ipairs(redis.call('ZRANDMEMBER', index, 4)) do some[#some + 1] = other end
  for _, other in ipairs(some) do
    if not is_record(get(other)) then redis.call('ZREM', index, other) end
  end
end
put(id, value, now)
local fresh = redis.call('EXISTS', index) == 0
redis.call('ZADD', index, number(value, 26), id)
local ends = deadline(value)
if ends >= NEVER then redis.call('PERSIST', index)
elseif fresh then redis.call('PEXPIRE', index, life(ends, now))
else redis.call('PEXPIRE', index, life(ends, now), 'GT') end
return out
)lua");

// {id seen idle-expires}... -> how many moved
const Script kTouch("", R"lua(
local moved = 0
for i = 3, #ARGV, 3 do
  local id, seen, idle = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local v = get(id)
  if is_record(v) and seen < deadline(v) then
    local old_seen, old_idle, absolute = number(v, 8), number(v, 14), number(v, 20)
    local new_seen = math.max(old_seen, seen)
    local new_idle = math.max(old_idle, math.min(idle, absolute))
    if new_seen ~= old_seen or new_idle ~= old_idle then
      local key = base .. 's:' .. id
      redis.call('SETRANGE', key, 7, pack(new_seen) .. pack(new_idle))
      if new_idle ~= old_idle then
        local ms = life(math.min(new_idle, absolute), seen)
        redis.call('PEXPIRE', key, ms, 'GT')
        redis.call('PEXPIRE', base .. 'i:' .. user_of(v), ms, 'GT')
      end
      moved = moved + 1
    end
  end
end
return moved
)lua");

// id value expected-version now -> 0 replaced, 1 conflict, 2 gone, 3 another user or created_at
const Script kReplace("", R"lua(
local id, value, now = ARGV[3], ARGV[4], tonumber(ARGV[6])
local v = get(id)
if not is_record(v) or now >= deadline(v) then return 2 end
if struct.unpack('<I4', v, 4) ~= tonumber(ARGV[5]) then return 1 end
local user = user_of(v)
if user ~= user_of(value) or number(v, 26) ~= number(value, 26) then return 3 end
local function later(at) return pack(math.max(number(v, at), number(value, at))) end
value = string.sub(value, 1, 7) .. later(8) .. later(14) .. later(20) .. string.sub(value, 26)
put(id, value, now)
local index, ends = base .. 'i:' .. user, deadline(value)
if ends >= NEVER then redis.call('PERSIST', index)
else redis.call('PEXPIRE', index, life(ends, now), 'GT') end
return 0
)lua");

// reason now ids... -> how many existed
const Script kRemove("allow-oom", R"lua(
local existed = 0
for i = 5, #ARGV do
  local v = get(ARGV[i])
  if is_record(v) then
    finish(ARGV[i], v, tonumber(ARGV[3]), tonumber(ARGV[4]))
    redis.call('ZREM', base .. 'i:' .. user_of(v), ARGV[i])
    existed = existed + 1
  end
end
return existed
)lua");

// user except reason now bump -> {epoch, ids...}
const Script kRemoveUser("allow-oom", with_ending(R"lua(
local user, key = ARGV[3], base .. 'e:' .. ARGV[3]
local epoch = 0
if ARGV[7] == '1' then epoch = redis.call('INCR', key)
else epoch = tonumber(redis.call('GET', key) or '0') end
return end_all_of(user, ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), {epoch})
)lua"));

// user now limit [created id] -> id, value, ... of the live ones, newest first
const Script kList("no-writes", R"lua(
local user, now, limit = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local index, before = base .. 'i:' .. user, ARGV[7]
local from, offset, out = ARGV[6] or '+inf', 0, {}
-- Lua's < goes by the locale, and ids by their octets.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local function behind(id, v)
  return not before or number(v, 26) < tonumber(from) or less(id, before)
end
while true do
  local page = redis.call('ZREVRANGEBYSCORE', index, from, '-inf', 'LIMIT', offset, 100)
  for _, id in ipairs(page) do
    local v = get(id)
    if is_record(v) and user_of(v) == user and now < deadline(v) and behind(id, v) then
      out[#out + 1] = id
      out[#out + 1] = v
      if #out == 2 * limit then return out end
    end
  end
  if #page < 100 then return out end
  offset = offset + 100
end
)lua");

// id now -> 1 when the session or tombstone was past its time
const Script kPrune("allow-oom", R"lua(
local id, now = ARGV[3], tonumber(ARGV[4])
local v = get(id)
if not v then return 0 end
if is_record(v) then
  if now < deadline(v) then return 0 end
  redis.call('ZREM', base .. 'i:' .. user_of(v), id)
elseif now - number(v, 3) <= TOMB then return 0 end
redis.call('DEL', base .. 's:' .. id)
return 1
)lua");

// user expected-hash new-hash except now -> {0, epoch, ids...}; {1}: another hash; {2}: no such
// user
const Script kSetPassword("allow-oom", with_ending(R"lua(
local user, key = ARGV[3], base .. 'u:' .. ARGV[3]
local hash = redis.call('HGET', key, 'password_hash')
if not hash then return {2} end
if hash ~= ARGV[4] then return {1} end
redis.call('HSET', key, 'password_hash', ARGV[5])
local epoch = redis.call('INCR', base .. 'e:' .. user)
return end_all_of(user, ARGV[6], 5, tonumber(ARGV[7]), {0, epoch})
)lua"));

// user until field value... -> 1; 0: there is such a user; -1: too late
const Script kAddUser("", with_telling(R"lua(
local key = base .. 'u:' .. ARGV[3]
if redis.call('EXISTS', key) == 1 then return 0 end
local time = redis.call('TIME')
if time[1] * 1000 > tonumber(ARGV[4]) then return -1 end
redis.call('HSET', key, unpack(ARGV, 5))
tell_of(ARGV[3])
return 1
)lua"));

// user -> its fields
const Script kFindUser("no-writes", R"lua(
return redis.call('HMGET', base .. 'u:' .. ARGV[3], 'username', 'attributes', 'disabled',
  'created_at', 'username_key', 'password_hash')
)lua");

// user expected-hash new-hash -> 1, or 0 when it moved on
const Script kUpgradeHash("", R"lua(
local key = base .. 'u:' .. ARGV[3]
if redis.call('HGET', key, 'password_hash') ~= ARGV[4] then return 0 end
redis.call('HSET', key, 'password_hash', ARGV[5])
return 1
)lua");

// user expected attributes -> 1, or 0 when they moved on
const Script kSetAttributes("", with_telling(R"lua(
local key = base .. 'u:' .. ARGV[3]
if redis.call('HGET', key, 'attributes') ~= ARGV[4] then return 0 end
redis.call('HSET', key, 'attributes', ARGV[5])
tell_of(ARGV[3])
return 1
)lua"));

// user disabled -> 1, or 0 when there is no such user
const Script kSetDisabled("allow-oom", with_telling(R"lua(
local key = base .. 'u:' .. ARGV[3]
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('HSET', key, 'disabled', ARGV[4])
tell_of(ARGV[3])
return 1
)lua"));

// user now -> {epoch, username_key, ids...}; {}: there is no such user
const Script kDeleteUser("allow-oom", with_ending(R"lua(
local user, key = ARGV[3], base .. 'u:' .. ARGV[3]
local name = redis.call('HGET', key, 'username_key')
if not name then return {} end
redis.call('DEL', key)
local epoch = redis.call('INCR', base .. 'e:' .. user)
return end_all_of(user, '', 2, tonumber(ARGV[4]), {epoch, name})
)lua"));

// key user -> {claim, now, 1 when it is new}
const Script kClaimName("", R"lua(
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000)
local held = redis.call('GET', ARGV[2])
if held then return {held, now, 0} end
local claim = now .. ' ' .. ARGV[3]
redis.call('SET', ARGV[2], claim)
return {claim, now, 1}
)lua");

// key old new -> 1, or 0 when it is not `old` any more; an empty `new` ends the claim
const Script kMoveName("", R"lua(
if redis.call('GET', ARGV[2]) ~= ARGV[3] then return 0 end
if ARGV[4] == '' then redis.call('DEL', ARGV[2]) else redis.call('SET', ARGV[2], ARGV[4]) end
return 1
)lua");

// key -> claim or nothing
const Script kReadName("no-writes", "return redis.call('GET', ARGV[2])\n");

// user -> epoch
const Script kEpoch("no-writes", "return redis.call('GET', base .. 'e:' .. ARGV[3]) or '0'\n");

// user -> {epoch, the four fields of the user}
const Script kStanding("no-writes", R"lua(
return {redis.call('GET', base .. 'e:' .. ARGV[3]) or '0',
  redis.call('HMGET', base .. 'u:' .. ARGV[3], 'username', 'attributes', 'disabled', 'created_at')}
)lua");

// key -> 1 when it is denied
const Script kDenied("no-writes", "return redis.call('EXISTS', ARGV[2])\n");

// {key until}... -> how many are new. Redis forgets a denial an hour after
// its end, and never within a day: the clocks of nodes differ.
const Script kDeny("allow-oom", R"lua(
local time, new = redis.call('TIME'), 0
for i = 2, #ARGV, 2 do
  local old = redis.call('GET', ARGV[i])
  if not old then new = new + 1 end
  if not old or tonumber(old) < tonumber(ARGV[i + 1]) then
    local ms = tonumber(ARGV[i + 1]) - time[1] * 1000 + 3600000
    redis.call('SET', ARGV[i], ARGV[i + 1], 'PX', string.format('%.0f', math.max(ms, TOMB)))
  end
end
return new
)lua");

// key now -> 1 when it was over
const Script kPruneDenial("allow-oom", R"lua(
local ends = redis.call('GET', ARGV[2])
if not ends or tonumber(ends) > tonumber(ARGV[3]) then return 0 end
return redis.call('DEL', ARGV[2])
)lua");

// {key free first longest most window moving}... now -> {1 when every try was counted, {count,
// next-at} of each}. A value is the three numbers of a counter and says itself when it is over:
// Redis forgets it a minute later, as the clocks of nodes differ.
const Script kTake("", R"lua(
local now, counters, out, taken = tonumber(ARGV[#ARGV]), {}, {}, 1
for i = 2, #ARGV - 1, 7 do
  local v = redis.call('GET', ARGV[i])
  local count, next_at, ends = string.match(v or '', '^(%d+) (%d+) (%d+)$')
  local c = {tonumber(count or 0), tonumber(next_at or 0), tonumber(ends or 0)}
  if c[3] <= now then c = {0, 0, 0} end
  if c[2] > now then taken = 0 end
  counters[#counters + 1] = c
end
for n, c in ipairs(counters) do
  if taken == 1 then
    local i = 7 * n - 5
    local free, first, longest = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
    if c[3] == 0 or ARGV[i + 6] == '1' then c[3] = now + tonumber(ARGV[i + 5]) end
    c[1], c[2] = c[1] + 1, 0
    if c[1] >= tonumber(ARGV[i + 4]) then c[2] = c[3]
    elseif c[1] >= free then
      c[2] = math.min(c[3], now + math.min(longest, first * 2 ^ math.min(c[1] - free, 30)))
    end
    redis.call('SET', ARGV[i], string.format('%.0f %.0f %.0f', c[1], c[2], c[3]), 'PX',
      string.format('%.0f', c[3] - now + 60000))
  end
  out[#out + 1], out[#out + 2] = c[1], c[2]
end
return {taken, out}
)lua");

// {key how}... -> 0. `how` is 0 to forget a counter and 1 to take one try back
const Script kSettle("allow-oom", R"lua(
for i = 2, #ARGV, 2 do
  local count, ends =
    string.match(redis.call('GET', ARGV[i]) or '', '^(%d+) %d+ (%d+)$')
  if ARGV[i + 1] == '0' then redis.call('DEL', ARGV[i])
  elseif count then
    local rest = string.format('%.0f 0 ', math.max(count - 1, 0)) .. ends
    redis.call('SET', ARGV[i], rest, 'KEEPTTL')
  end
end
return 0
)lua");

// key -> {version, ring}
const Script kReadKeys("no-writes", "return redis.call('HMGET', ARGV[2], 'version', 'ring')\n");

// key expected-version ring -> 1, or 0 when it moved on
const Script kPutKeys("", R"lua(
if (redis.call('HGET', ARGV[2], 'version') or '0') ~= ARGV[3] then return 0 end
redis.call('HSET', ARGV[2], 'version', ARGV[3] + 1, 'ring', ARGV[4])
return 1
)lua");

// -> 0. It must work where memory is full, too: then log-outs do.
const Script kProbe("allow-oom", R"lua(
redis.call('TIME')
redis.call('SET', base, '1', 'PX', 1000)
redis.call('EXISTS', base)
redis.call('INCR', base)
redis.call('MGET', base)
redis.call('SETRANGE', base, 0, '1')
redis.call('PERSIST', base)
redis.call('PEXPIRE', base, 1000)
redis.call('DEL', base)
redis.call('HSET', base, 'a', '1')
redis.call('HGET', base, 'a')
redis.call('HMGET', base, 'a')
redis.call('HGETALL', base)
redis.call('HDEL', base, 'a')
redis.call('DEL', base)
redis.call('ZADD', base, 1, 'a')
redis.call('ZCARD', base)
redis.call('ZRANGE', base, 0, 0)
redis.call('ZREVRANGEBYSCORE', base, 1, 0)
redis.call('ZRANGEBYSCORE', base, 0, 1)
redis.call('ZRANDMEMBER', base)
redis.call('ZREM', base, 'a')
redis.call('DEL', base)
return 0
)lua");

}  // namespace latchkey::redis
