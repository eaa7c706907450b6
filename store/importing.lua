-- importing.lua: begins to fill an empty store, or ends it.
-- KEYS     1 meta
-- ARGV     1 "1" to begin, "" to end, 2 how far a rehearsal has moved its clock or ""
-- Returns  "OK"

if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'importing')
else
  redis.call('HSET', KEYS[1], 'importing', ARGV[1])
  if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'offset', ARGV[2]) end
end
return 'OK'
