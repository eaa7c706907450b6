-- claim.lua: leases the first delivery of each conversation that is still ready. Stands below leases.lua. What is no
-- direct message is sent by one process at a time: the shard's sender, who is asked for it, or becomes so when there is
-- none whose time is not over.
-- KEYS     1 outbox, 2 sender; then for each conversation its queue, its coalition's deliveries, leases and edits
-- ARGV     1 now, 2 until, 3 who asks, or "" when there is only one process, 4 until when they are the sender; then the
--          conversations' members of the outbox
-- Returns  until when another is the sender, or "0"; then for each that was leased six strings: JSON, fence, posted at,
--          posts, attempts, the edit that supersedes it or ""
-- Run twice, the second run finds the conversations leased and returns nothing: they come back when the lease ends.

local other = '0'
if ARGV[3] ~= '' then
  local name, till = string.match(redis.call('GET', KEYS[2]) or '', '^(%S+) (%d+)$')
  if name and name ~= ARGV[3] and tonumber(till) > tonumber(ARGV[1]) then
    other = till
  else
    redis.call('SET', KEYS[2], ARGV[3] .. ' ' .. ARGV[4])
  end
end
local leased = {other}
for i = 5, #ARGV do
  local member, base = ARGV[i], (i - 5) * 4 + 3
  local queue, deliveries, leases, edits = KEYS[base], KEYS[base + 1], KEYS[base + 2], KEYS[base + 3]
  local ready = redis.call('ZSCORE', KEYS[1], member)
  local ours = other == '0' or string.match(member, '^%S+ p%.')
  if ours and ready and tonumber(ready) <= tonumber(ARGV[1]) then
    local head = redis.call('LINDEX', queue, 0)
    local id = head and string.match(head, '^%d+ (.*)$')
    local json = id and redis.call('HGET', deliveries, id)
    if json then
      local l = read_lease(leases, id) or {fence = '0', posted = '0', posts = '0', attempts = '0'}
      l.fence, l.till = more(l.fence), ARGV[2]
      write_lease(leases, id, l)
      redis.call('ZADD', KEYS[1], ARGV[2], member)
      local by = redis.call('HGET', edits, 'd:' .. id) or ''
      for _, v in ipairs({json, l.fence, l.posted, l.posts, l.attempts, by}) do leased[#leased + 1] = v end
    elseif head then -- its JSON is gone: damage from outside; the next look finds the one behind it
      redis.call('LPOP', queue)
      redis.call('HDEL', leases, id)
      redis.call('HDEL', edits, 'd:' .. id)
    else
      redis.call('ZREM', KEYS[1], member)
    end
  end
end
return leased
