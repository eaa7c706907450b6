-- intend.lua: records that a post is about to happen. Stands below leases.lua.
-- KEYS     1 leases
-- ARGV     1 delivery, 2 fence, 3 now
-- Returns  "OK", or "LOST" when the lease is over, was given back or has passed on
-- Run twice with the same instant it counts one post.

local l = read_lease(KEYS[1], ARGV[1])
if not l or l.fence ~= ARGV[2] or tonumber(l.till) <= tonumber(ARGV[3]) then return 'LOST' end
if l.posted ~= ARGV[3] then
  l.posted, l.posts = ARGV[3], more(l.posts)
  write_lease(KEYS[1], ARGV[1], l)
end
return 'OK'
