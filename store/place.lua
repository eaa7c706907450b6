-- place.lua: binds a place to a coalition unless it is bound.
-- KEYS     1 place
-- ARGV     1 coalition
-- Returns  the coalition that the place is bound to

redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
