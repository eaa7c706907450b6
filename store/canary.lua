-- canary.lua: shows that the store can be written.
-- KEYS     1 canary
-- ARGV     1 a token
-- Returns  what it reads back

redis.call('SET', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
