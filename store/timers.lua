-- timers.lua: holds timers that are still due back from others.
-- KEYS     1 timers; then the timer HASH of each coalition
-- ARGV     1 now, 2 until; then for each coalition: its id, how many timers (at most 1,000, as Lua unpacks no more than
--          8,000), and their ids
-- Returns  the JSON of each that was claimed
-- Run twice, the second run finds them claimed and returns nothing: they come back at "until".

local now, claimed, at = tonumber(ARGV[1]), {}, 3
for i = 2, #KEYS do
  local coalition, n = ARGV[at], tonumber(ARGV[at + 1])
  local ids, members, held, gone = {}, {}, {}, {}
  for j = 1, n do
    ids[j] = ARGV[at + 1 + j]
    members[j] = coalition .. ' ' .. ids[j]
  end
  at = at + 2 + n
  local due, json = redis.call('ZMSCORE', KEYS[1], unpack(members)), redis.call('HMGET', KEYS[i], unpack(ids))
  for j = 1, n do
    if due[j] and tonumber(due[j]) <= now then
      if json[j] then
        held[#held + 1], held[#held + 2] = ARGV[2], members[j]
        claimed[#claimed + 1] = json[j]
      else
        gone[#gone + 1] = members[j]
      end
    end
  end
  if #held > 0 then redis.call('ZADD', KEYS[1], unpack(held)) end
  if #gone > 0 then redis.call('ZREM', KEYS[1], unpack(gone)) end
end
return claimed
