-- begin.lua: counts a session that is begun with a platform, when it may be begun now.
-- KEYS     1 starts
-- ARGV     1 now, 2 bucket, 3 gap, 4 every, 5 burst; instants and lengths in ms
-- Returns  "0" when it may be, and was counted; else how many ms to wait before asking again
-- Run twice, the second run counts one more or asks to wait: a session too few is begun, never one too many.

local now, gap, every = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local last = tonumber(redis.call('HGET', KEYS[1], 'b' .. ARGV[2]) or '-1')
if last > now then last = now end -- a clock was set back: as if it had just been
local wait = (last >= 0) and (last + gap - now) or 0
-- full is when all that was begun will have been paid off, one each "every"
local full = math.max(tonumber(redis.call('HGET', KEYS[1], 'full') or '0'), now)
full = math.min(full, now + every * tonumber(ARGV[5])) -- a clock was set back
wait = math.max(wait, full + every - (now + every * tonumber(ARGV[5])))
if wait > 0 then return string.format('%.0f', wait) end
redis.call('HSET', KEYS[1], 'b' .. ARGV[2], ARGV[1], 'full', string.format('%.0f', full + every))
return '0'
