-- mend.lua: makes deliveries and timers findable again that damage from outside has hidden. Stands below leases.lua.
-- KEYS     1 outbox, 2 timers, 3 deliveries, 4 leases, 5 timer; then the queues of the deliveries, in any order
-- ARGV     1 now, 2 the latest instant to which a claim can hold a timer back, 3 how many deliveries; then
--          each delivery   which of KEYS is its queue, member of the outbox, id, ready at
--          each timer      member of timers, id, due at
-- Returns  how many things were mended
-- What is in order is left alone, so a second run mends nothing. Nobody can tell whether a delivery that has lost its
-- place or its lease was posted: it gets a lease that is in doubt, with a fence above all that were counted, and whoever
-- claims it next looks before posting.

local now, mended = ARGV[1], 0
local outbox, timers, deliveries, leases, timer = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]

local function doubt(id)
  if not read_lease(leases, id) then
    write_lease(leases, id, {fence = now, till = '0', posted = now, posts = '1', attempts = '0'})
  end
end

local function place(queue, member, id, ready)
  local item = ready .. ' ' .. id
  if not redis.call('LPOS', queue, item) then
    redis.call('RPUSH', queue, item)
    doubt(id)
    mended = mended + 1
  end
  local first, head = string.match(redis.call('LINDEX', queue, 0), '^(%d+) (.*)$')
  local l, score = read_lease(leases, head), redis.call('ZSCORE', outbox, member)
  if not score then
    redis.call('ZADD', outbox, l and l.till ~= '0' and l.till or first, member)
  elseif not l and tonumber(score) ~= tonumber(first) then
    doubt(head) -- only a claim moves it, and the claim's lease is gone
  else
    return
  end
  mended = mended + 1
end

local at = 4
for _ = 1, tonumber(ARGV[3]) do
  if redis.call('HEXISTS', deliveries, ARGV[at + 2]) == 1 then
    place(KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
  end
  at = at + 4
end
while at < #ARGV do
  local member, id, due = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local score = redis.call('ZSCORE', timers, member)
  local astray = score and tonumber(score) ~= tonumber(due) and tonumber(score) > tonumber(ARGV[2])
  if (not score or astray) and redis.call('HEXISTS', timer, id) == 1 then
    redis.call('ZADD', timers, due, member)
    mended = mended + 1
  end
  at = at + 3
end
return tostring(mended)
