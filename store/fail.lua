-- fail.lua: gives a delivery back until an instant. Stands below leases.lua.
-- KEYS     1 outbox, 2 leases
-- ARGV     1 delivery, 2 fence, 3 member of the outbox, 4 retry at, 5 "posted at" as it stood when the delivery was
--          claimed, or "" to keep what this lease has set
-- Returns  "OK", also to a repeat; "LOST" when the lease has passed on or the delivery is done
-- A definite failure takes back this lease's own intent and no other: what was in doubt before stays in doubt.

local l = read_lease(KEYS[2], ARGV[1])
if not l or l.fence ~= ARGV[2] then return 'LOST' end
if l.till == '0' then return 'OK' end
if ARGV[5] ~= '' then l.posted = ARGV[5] end
l.till, l.attempts = '0', more(l.attempts)
write_lease(KEYS[2], ARGV[1], l)
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[3])
return 'OK'
