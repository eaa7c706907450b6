-- open.lua: begins a store, or tells how it was begun.
-- KEYS     1 meta
-- ARGV     1 schema, 2 shards, 3 rehearsal (0 or 1)
-- Returns  schema, shards, rehearsal as the store has them

if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'shards', ARGV[2], 'rehearsal', ARGV[3])
end
return redis.call('HMGET', KEYS[1], 'schema', 'shards', 'rehearsal')
