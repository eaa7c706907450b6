-- commit.lua: everything that one event changes, or nothing. Stands below records.lua.
-- KEYS     1 marks, 2 index, 3 coalitions, 4 floor, 5 audit, 6 outbox, 7 deliveries, 8 timers, 9 timer, 10 edits; then
--          the HASHes of the writes and the queues of the deliveries, in any order
-- ARGV     1 commit id, 2 event key or "", 3 coalition, 4 audit line or "", 5 now, 6 end of the commit's mark,
--          7 end of the event's mark, 8 end of a fired timer's mark, 9 how many marks to sweep at most (0: do not), 10-13 how many writes,
--          deliveries, timers, fired; then
--          each write      as in records.lua
--          each delivery   which of KEYS is its queue, member of the outbox, id, ready at, JSON, its message's field in
--                          edits or "", 1 when it edits that message or 0
--          each timer      id, due at, JSON, 1 when it is put off or 0
--          each fired      id
-- Returns  "OK", also to a repeat of a commit that was applied; "SEEN" when the event was committed before by another;
--          "CONFLICT" when a record is not at the revision it was read at. Without "OK" nothing was changed.

local marks, coalition = KEYS[1], ARGV[3]
local outbox, deliveries, timers, timer = KEYS[6], KEYS[7], KEYS[8], KEYS[9]

local now = tonumber(ARGV[5])
local function lasts(till) return till and tonumber(till) > now end -- whether it was swept yet makes no difference

local known = redis.call('ZMSCORE', marks, 'c:' .. ARGV[1], 'e:' .. ARGV[2])
if lasts(known[1]) then return 'OK' end
if lasts(known[2]) then return 'SEEN' end
local writes, at = read_writes(14, tonumber(ARGV[10]))
if conflict(writes) then return 'CONFLICT' end

-- Whoever asks a space is answered by many within seconds, each answer edits the same message, and a channel takes about
-- one edit a second: what is said behind them would wait for minutes. So an edit that comes while an earlier one of the
-- same message waits in the same conversation supersedes it. Here is where both are known, in one step and without
-- looking through the queue: the earlier one is marked, keeps its place, and whoever claims it next ends it without
-- asking the platform. What was promised about it holds: it is still claimed, in order, and gets a receipt. The mark
-- is right however late it is read, because the later edit stands behind the earlier one until that is done. A new post
-- under the same key begins anew: edits before and behind it are of two messages.
local function supersede(id, field, edit)
  local before = redis.call('HGET', KEYS[10], field)
  if not edit then
    if before then redis.call('HDEL', KEYS[10], field) end
    return
  end
  if before and redis.call('HEXISTS', deliveries, before) == 1 then redis.call('HSET', KEYS[10], 'd:' .. before, id) end
  redis.call('HSET', KEYS[10], field, id)
end

-- Nothing below refuses.

local sweep = tonumber(ARGV[9])
if sweep > 0 then
  local old = redis.call('ZRANGEBYSCORE', marks, '-inf', ARGV[5], 'LIMIT', 0, sweep)
  if #old > 0 then redis.call('ZREM', marks, unpack(old)) end
  redis.call('LTRIM', KEYS[5], -100000, -1)
end

if ARGV[2] == '' then
  redis.call('ZADD', marks, ARGV[6], 'c:' .. ARGV[1])
else
  redis.call('ZADD', marks, ARGV[6], 'c:' .. ARGV[1], ARGV[7], 'e:' .. ARGV[2])
end
apply(writes, coalition)

for _ = 1, tonumber(ARGV[11]) do
  local queue, member, id, ready, json = KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local field, edit = ARGV[at + 5], ARGV[at + 6] == '1'
  if not lasts(redis.call('ZSCORE', marks, 'd:' .. id)) and redis.call('HSETNX', deliveries, id, json) == 1 then
    redis.call('RPUSH', queue, ready .. ' ' .. id)
    redis.call('ZADD', outbox, 'NX', ready, member)
    if field ~= '' then supersede(id, field, edit) end
  end
  at = at + 7
end

local first_timer = at
at = at + 4 * tonumber(ARGV[12])
local last = at + tonumber(ARGV[13]) - 1
while at <= last do -- before the timers are added: what has fired does not come back
  local ids, members, ends = {}, {}, {}
  for i = at, math.min(last, at + 999) do -- Lua unpacks no more than 8,000
    ids[#ids + 1], members[#members + 1] = ARGV[i], coalition .. ' ' .. ARGV[i]
    ends[#ends + 1], ends[#ends + 2] = ARGV[8], 't:' .. ARGV[i]
  end
  redis.call('HDEL', timer, unpack(ids))
  redis.call('ZREM', timers, unpack(members))
  redis.call('ZADD', marks, unpack(ends))
  at = at + #ids
end

at = first_timer
for _ = 1, tonumber(ARGV[12]) do
  local id, set = ARGV[at], ARGV[at + 3] == '1' and 'HSET' or 'HSETNX'
  if not lasts(redis.call('ZSCORE', marks, 't:' .. id)) and (redis.call(set, timer, id, ARGV[at + 2]) == 1 or set == 'HSET') then
    redis.call('ZADD', timers, ARGV[at + 1], coalition .. ' ' .. id)
  end
  at = at + 4
end

if ARGV[4] ~= '' then redis.call('RPUSH', KEYS[5], ARGV[4]) end
return 'OK'
