-- fill.lua: puts items into a key of a store that is being filled.
-- KEYS     1 the key
-- ARGV     1 its type, 2 how many items it has before; then the items: value, or field value, or score member
-- Returns  "OK", also to a repeat

local add = {string = 'SET', hash = 'HSET', set = 'SADD', zset = 'ZADD', list = 'RPUSH'}
local kind = ARGV[1]
if kind == 'list' and redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) then return 'OK' end
redis.call(add[kind], KEYS[1], unpack(ARGV, 3))
return 'OK'
