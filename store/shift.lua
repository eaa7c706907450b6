-- shift.lua: moves the clock of a rehearsal on.
-- KEYS     1 meta
-- ARGV     1 the offset as it was read, 2 the offset as it shall be, 3 a token of this move
-- Returns  "OK", also to a repeat; "CONFLICT" when someone else moved it meanwhile

if redis.call('HGET', KEYS[1], 'shifted') == ARGV[3] then return 'OK' end
if (redis.call('HGET', KEYS[1], 'offset') or '0') ~= ARGV[1] then return 'CONFLICT' end
redis.call('HSET', KEYS[1], 'offset', ARGV[2], 'shifted', ARGV[3])
return 'OK'
