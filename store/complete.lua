-- complete.lua: takes a delivery off its conversation and stores what became of it. Stands below records.lua and
-- leases.lua.
-- KEYS     1 marks, 2 index, 3 coalitions, 4 floor, 5 outbox, 6 deliveries, 7 leases, 8 queue, 9 edits, 10 timers, 11 timer;
--          then the HASHes of the writes
-- ARGV     1 delivery, 2 fence, 3 coalition, 4 member of the outbox, 5 end of the delivery's mark, 6 its message's field in
--          edits or "", 7 how many writes, 8 how many timers, 9 the lease's end; then each write as in records.lua; then
--          each timer: id, due at, JSON
-- Returns  "OK"; "LOST" when the lease was given back or has passed on, or the delivery is done: first wins;
--          "CONFLICT" when a record is not at the revision it was read at. Without "OK" nothing was changed.
-- The lease may be over in time: as long as nobody else holds it, what was sent is better recorded than sent again.

local id, queue, outbox = ARGV[1], KEYS[8], KEYS[5]
local l = read_lease(KEYS[7], id)
if not l or l.fence ~= ARGV[2] or l.till == '0' then return 'LOST' end
local writes, at = read_writes(10, tonumber(ARGV[7]))
if conflict(writes) then return 'CONFLICT' end

apply(writes, ARGV[3])
for _ = 1, tonumber(ARGV[8]) do -- as a commit adds them: what is armed stays, and what has fired does not come back
  local timer = ARGV[at]
  local fired = redis.call('ZSCORE', KEYS[1], 't:' .. timer)
  if not (fired and tonumber(fired) > tonumber(ARGV[9])) and redis.call('HSETNX', KEYS[11], timer, ARGV[at + 2]) == 1 then
    redis.call('ZADD', KEYS[10], ARGV[at + 1], ARGV[3] .. ' ' .. timer)
  end
  at = at + 3
end
redis.call('ZADD', KEYS[1], ARGV[5], 'd:' .. id)
redis.call('HDEL', KEYS[6], id)
redis.call('HDEL', KEYS[7], id)
if ARGV[6] ~= '' then
  redis.call('HDEL', KEYS[9], 'd:' .. id)
  if redis.call('HGET', KEYS[9], ARGV[6]) == id then redis.call('HDEL', KEYS[9], ARGV[6]) end
end
redis.call('LPOP', queue) -- only a first delivery is ever leased, and it stays first until here
local head = redis.call('LINDEX', queue, 0)
if head then
  redis.call('ZADD', outbox, string.match(head, '^%d+'), ARGV[4])
else
  redis.call('ZREM', outbox, ARGV[4])
end
return 'OK'
