-- timers.lua: holds timers that are still due back from others.
-- KEYS     1 timers; then for each timer its coalition's timer HASH
-- ARGV     1 now, 2 until; then for each timer its member of timers and its id
-- Returns  the JSON of each that was claimed
-- Run twice, the second run finds them claimed and returns nothing: they come back at "until".

local claimed = {}
for i = 2, #KEYS do
  local member, id = ARGV[i * 2 - 1], ARGV[i * 2]
  local due = redis.call('ZSCORE', KEYS[1], member)
  if due and tonumber(due) <= tonumber(ARGV[1]) then
    local json = redis.call('HGET', KEYS[i], id)
    if json then
      redis.call('ZADD', KEYS[1], ARGV[2], member)
      claimed[#claimed + 1] = json
    else
      redis.call('ZREM', KEYS[1], member)
    end
  end
end
return claimed
