-- free.lua: ends the leases and claims of a process that is gone. Stands below leases.lua.
-- KEYS     1 outbox, 2 timers; then for each conversation its queue and its coalition's leases
-- ARGV     1 how many conversations; then for each its member of the outbox; then for each timer its member and when it
--          is due
-- Returns  "OK"
-- A delivery that was claimed and not begun is ready as it was before the claim. One that may have been posted stays in
-- doubt and comes back when its lease would have ended. One that was given back until later waits on. A claimed timer
-- is due when it was. It runs before anybody else has the store; run twice, the second run changes nothing.

local conversations = tonumber(ARGV[1])
for i = 1, conversations do
  local queue, leases, member = KEYS[i * 2 + 1], KEYS[i * 2 + 2], ARGV[i + 1]
  local head = redis.call('LINDEX', queue, 0)
  local ready, id = string.match(head or '', '^(%d+) (.*)$')
  local l = id and read_lease(leases, id)
  if l and l.till ~= '0' and l.posted == '0' then
    l.till = '0'
    write_lease(leases, id, l)
    redis.call('ZADD', KEYS[1], 'XX', ready, member)
  end
end
for at = conversations + 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[2], 'XX', ARGV[at + 1], ARGV[at])
end
return 'OK'
