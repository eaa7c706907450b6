-- take.lua: takes a shard of a platform's that nobody has, whose lease has ended, or that is the owner's already.
-- KEYS     1 shards
-- ARGV     1 shard, 2 owner, 3 now, 4 until
-- Returns  the fence and the seat that it was left with; or "0" and "" when another has it, and then it is noted that
--          somebody waits for it until ARGV[4]
-- Run twice, the second run takes it anew: only the last fence counts.

local has = redis.call('HGET', KEYS[1], ARGV[1])
local fence, till, owner, seat = '0', '0', '', ''
if has then fence, till, owner, seat = string.match(has, '^(%d+) (%d+) (%S+) %d (.*)$') end
if tonumber(till) > tonumber(ARGV[3]) and owner ~= ARGV[2] then
  redis.call('HSET', KEYS[1], 'w:' .. ARGV[1], ARGV[4])
  return {'0', ''}
end
fence = string.format('%.0f', tonumber(fence) + 1)
redis.call('HSET', KEYS[1], ARGV[1], fence .. ' ' .. ARGV[4] .. ' ' .. ARGV[2] .. ' 0 ' .. seat)
redis.call('HDEL', KEYS[1], 'w:' .. ARGV[1])
return {fence, seat}
