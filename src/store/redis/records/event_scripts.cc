#include "store/redis/records/scripts.h"

// Scripts of one-time secrets and of events: docs/formats/redis.md.
namespace latchkey::redis {

// key user life -> 1, or 0 when the hash is another user's
const Script kClaimSecret("", R"lua(
local held = redis.call('GET', ARGV[2])
if held and held ~= ARGV[3] then return 0 end
redis.call('SET', ARGV[2], ARGV[3], 'PX', ARGV[4])
return 1
)lua");

// user hash purpose created-at expires-at data most life -> 1, or 0 when the hash has another
// purpose
const Script kPutSecret("", R"lua(
local key, hash, purpose = base .. 'o:' .. ARGV[3], ARGV[4], ARGV[5]
local there = redis.call('HGET', key, hash)
if there then return string.match(there, '^(%S+) ') == purpose and 1 or 0 end
local all, others = redis.call('HGETALL', key), {}
for i = 1, #all, 2 do
  local other, created, ends = string.match(all[i + 1], '^(%S+) (%d+) (%d+) ')
  if not other or tonumber(ends) <= tonumber(ARGV[6]) then redis.call('HDEL', key, all[i])
  elseif other == purpose then others[#others + 1] = {tonumber(created), all[i]} end
end
table.sort(others, function(a, b) return a[1] < b[1] end)
for n = 1, #others - tonumber(ARGV[9]) + 1 do redis.call('HDEL', key, others[n][2]) end
local fresh = redis.call('EXISTS', key) == 0
redis.call('HSET', key, hash, table.concat({purpose, ARGV[6], ARGV[7], ARGV[8]}, ' '))
if fresh then redis.call('PEXPIRE', key, ARGV[10])
else redis.call('PEXPIRE', key, ARGV[10], 'GT') end
return 1
)lua");

namespace {

constexpr std::string_view kValidSecret = R"lua(
local key = base .. 'o:' .. ARGV[3]
local v = redis.call('HGET', key, ARGV[4])
local purpose, ends = string.match(v or '', '^(%S+) %d+ (%d+) ')
if purpose ~= ARGV[5] or tonumber(ends) <= tonumber(ARGV[6]) then return false end
)lua";

std::string with_valid_secret(std::string_view body) {
  return std::string{kValidSecret}.append(body);
}

}  // namespace

// user hash purpose now -> its value, or nothing
const Script kFindSecret("no-writes", with_valid_secret("return v\n"));
const Script kTakeSecret("allow-oom", with_valid_secret(R"lua(
redis.call('HDEL', key, ARGV[4])
return v
)lua"));

// user purpose -> how many there were; an empty purpose is all of them
const Script kRemoveSecrets("allow-oom", R"lua(
local key, gone = base .. 'o:' .. ARGV[3], 0
local all = redis.call('HGETALL', key)
for i = 1, #all, 2 do
  if ARGV[4] == '' or string.match(all[i + 1], '^(%S+) ') == ARGV[4] then
    gone = gone + redis.call('HDEL', key, all[i])
  end
end
return gone
)lua");

// A set of events is base and a suffix: none for all events, "v:" and the user for those of one.

// {suffix at event}... -> 0. Where addresses were blanked up to is moved back for a late event.
const Script kAppendEvents("", R"lua(
for i = 3, #ARGV, 3 do
  redis.call('ZADD', base .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
  if ARGV[i] == '' then
    local blanked = redis.call('GET', base .. '-blanked')
    if blanked and tonumber(ARGV[i + 1]) < tonumber(blanked) then
      redis.call('SET', base .. '-blanked', ARGV[i + 1])
    end
  end
end
return 0
)lua");

// suffix order above-at above-id below-at below-id kind limit -> {at id of the last one looked at,
// or two empty texts when that was all; at event ...}. It looks at a bounded number of events.
const Script kListEvents("no-writes", R"lua(
local key, oldest = base .. ARGV[3], ARGV[4] == 'oldest'
local low, low_id, high, high_id = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]), ARGV[8]
local kind, limit = ARGV[9], tonumber(ARGV[10])
-- Lua's < goes by the locale, and ids by their octets.
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local out, offset, looked = {'', ''}, 0, 0
while true do
  local page
  if oldest then
    page = redis.call('ZRANGEBYSCORE', key, ARGV[5], ARGV[7], 'WITHSCORES', 'LIMIT', offset, 100)
  else
    page = redis.call('ZREVRANGEBYSCORE', key, ARGV[7], ARGV[5], 'WITHSCORES', 'LIMIT', offset, 100)
  end
  for i = 1, #page, 2 do
    local event, at, id = page[i], tonumber(page[i + 1]), string.sub(page[i], 1, 16)
    if (at > low or less(low_id, id)) and (at < high or less(id, high_id)) then
      looked = looked + 1
      if kind == '0' or string.match(event, '^[^\n]*\n(%d+)\n') == kind then
        out[#out + 1], out[#out + 2] = page[i + 1], event
      end
      if #out == 2 * limit + 2 or looked == 2000 then
        out[1], out[2] = page[i + 1], id
        return out
      end
    end
  end
  if #page < 200 then return out end
  offset = offset + 100
end
)lua");

// before offset limit -> {offset of the next call, or -1 when that was all; at event ...} of those
// with an address, from where they were blanked up to
const Script kAddressedEvents("no-writes", R"lua(
local from, offset = redis.call('GET', base .. '-blanked') or '-inf', tonumber(ARGV[4])
local page = redis.call('ZRANGEBYSCORE', base, from, '(' .. ARGV[3], 'WITHSCORES', 'LIMIT', offset,
  1000)
local out, limit = {-1}, tonumber(ARGV[5])
for i = 1, #page, 2 do
  if string.match(page[i], '^' .. string.rep('[^\n]*\n', 6) .. '[^\n]') then
    out[#out + 1], out[#out + 2] = page[i + 1], page[i]
    if #out == 2 * limit + 1 then
      out[1] = offset + (i + 1) / 2
      return out
    end
  end
end
if #page == 2000 then out[1] = offset + 1000 end
return out
)lua");

// blanked {suffix at old new}... -> how many were replaced; a `blanked` that is not empty says up
// to where there is no address any more
const Script kReplaceEvents("allow-oom", R"lua(
local changed = 0
for i = 4, #ARGV, 4 do
  if redis.call('ZREM', base .. ARGV[i], ARGV[i + 2]) == 1 then
    redis.call('ZADD', base .. ARGV[i], ARGV[i + 1], ARGV[i + 3])
    changed = changed + 1
  end
end
if ARGV[3] ~= '' then redis.call('SET', base .. '-blanked', ARGV[3]) end
return changed
)lua");

// before limit -> events, the oldest first
const Script kOldEvents("no-writes", R"lua(
return redis.call('ZRANGEBYSCORE', base, '-inf', '(' .. ARGV[3], 'LIMIT', 0, ARGV[4])
)lua");

// {suffix event}... -> how many were there
const Script kDropEvents("allow-oom", R"lua(
local gone = 0
for i = 3, #ARGV, 2 do gone = gone + redis.call('ZREM', base .. ARGV[i], ARGV[i + 1]) end
return gone
)lua");

}  // namespace latchkey::redis
