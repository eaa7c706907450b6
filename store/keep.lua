-- keep.lua: keeps a shard, or gives it back, with the seat that its owner has on it.
-- KEYS     1 shards
-- ARGV     1 shard, 2 fence, 3 until (giving it back: 0), 4 stands (0 or 1), 5 seat, 6 now
-- Returns  "LOST" when another has taken it; else "1" when somebody waits for it at now, and "0" when nobody does
-- Run twice, the second run does the same.

local has = redis.call('HGET', KEYS[1], ARGV[1])
local fence, owner
if has then fence, owner = string.match(has, '^(%d+) %d+ (%S+)') end
if fence ~= ARGV[2] then return 'LOST' end
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. ARGV[3] .. ' ' .. owner .. ' ' .. ARGV[4] .. ' ' .. ARGV[5])
local waits = redis.call('HGET', KEYS[1], 'w:' .. ARGV[1])
return (waits and tonumber(waits) > tonumber(ARGV[6])) and '1' or '0'
