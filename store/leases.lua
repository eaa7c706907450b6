-- Shared by the scripts about one delivery, which stand below it.
--
-- A lease is "<fence> <until> <posted at> <posts> <attempts>". The fence grows with each claim; only who holds the
-- newest one may mark the delivery. "until" is 0 when the lease was given back, "posted at" 0 when no post is in doubt.

local function read_lease(leases, id)
  local value = redis.call('HGET', leases, id)
  if not value then return nil end
  local fence, till, posted, posts, attempts = string.match(value, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  return {fence = fence, till = till, posted = posted, posts = posts, attempts = attempts}
end

local function write_lease(leases, id, l)
  redis.call('HSET', leases, id, table.concat({l.fence, l.till, l.posted, l.posts, l.attempts}, ' '))
end

local function more(n) return string.format('%.0f', tonumber(n) + 1) end
