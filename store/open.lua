-- open.lua: begins a store, or tells how it was begun.
-- KEYS     1 meta
-- ARGV     1 schema, 2 shards, 3 rehearsal (0 or 1)
-- Returns  schema, shards, rehearsal as the store has them; then "1" while an import into it is not at its end, else ""

if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'schema', ARGV[1], 'shards', ARGV[2], 'rehearsal', ARGV[3])
end
local has = redis.call('HMGET', KEYS[1], 'schema', 'shards', 'rehearsal', 'importing')
return {has[1] or '', has[2] or '', has[3] or '', has[4] or ''}
