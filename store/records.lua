-- Shared by commit.lua and complete.lua, which stand below it and give the same meaning to the first keys:
-- KEYS[1] marks, KEYS[2] index, KEYS[3] coalitions of the shard, KEYS[4] floor.
--
-- A record is a field of a HASH: "<revision>\n<JSON>". A write is six arguments: "put" or "del", which of KEYS is its
-- HASH, that HASH's name in the index, the field, the revision it was read at ("0": it must not exist), the JSON.

local function read_writes(at, n)
  local writes = {}
  for i = 1, n do
    writes[i] = {
      op = ARGV[at], key = KEYS[tonumber(ARGV[at + 1])], name = ARGV[at + 2],
      id = ARGV[at + 3], rev = ARGV[at + 4], json = ARGV[at + 5],
    }
    at = at + 6
  end
  return writes, at
end

local function conflict(writes)
  for _, w in ipairs(writes) do
    local value = redis.call('HGET', w.key, w.id)
    local rev = value and string.match(value, '^%d+') or '0'
    if rev ~= w.rev then return true end
  end
  return false
end

local function after(rev) return string.format('%.0f', tonumber(rev) + 1) end

-- A record that is made again after it was deleted begins above every revision it may have had, so that nobody can
-- take it for the one before.
local function put(w, coalition)
  local rev = w.rev
  if rev == '0' then
    rev = redis.call('GET', KEYS[4]) or '0'
    redis.call('SADD', KEYS[2], w.name)
    redis.call('SADD', KEYS[3], coalition) -- each time: should damage from outside have taken it, it comes back
  end
  redis.call('HSET', w.key, w.id, after(rev) .. '\n' .. w.json)
end

local function del(w, coalition)
  if redis.call('HDEL', w.key, w.id) == 0 then return end
  if tonumber(redis.call('GET', KEYS[4]) or '0') < tonumber(w.rev) then redis.call('SET', KEYS[4], w.rev) end
  if redis.call('EXISTS', w.key) == 0 then
    redis.call('SREM', KEYS[2], w.name)
    if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SREM', KEYS[3], coalition) end
  end
end

local function apply(writes, coalition)
  for _, w in ipairs(writes) do
    if w.op == 'del' then del(w, coalition) else put(w, coalition) end
  end
end
