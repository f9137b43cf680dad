--[[
  Puts a staged checkpoint in the place of the stored one, unless that is newer.

  KEYS[1]  the checkpoint
  KEYS[2]  the staged checkpoint
  ARGV[1]  incarnation of the staged one
  ARGV[2]  its version
  ARGV[3]  how many fields it must have, meta fields included

  Result:  'published'   the staged one is the checkpoint now, without a time to live
           'superseded'  the stored one is newer, of the same incarnation; the staged one is removed
           'incomplete'  the staged one lost rows (it expired, or Redis lost its data in between) and is removed
]]
if redis.call('HLEN', KEYS[2]) ~= tonumber(ARGV[3]) then
  redis.call('UNLINK', KEYS[2])
  return 'incomplete'
end

local stored = redis.call('HMGET', KEYS[1], 'm:incarnation', 'm:version')
local version = tonumber(stored[2] or '')
if stored[1] == ARGV[1] and version and version > tonumber(ARGV[2]) then
  redis.call('UNLINK', KEYS[2])
  return 'superseded'
end

-- RENAME would free the old hash at once and block for as long; UNLINK frees it in the background.
redis.call('UNLINK', KEYS[1])
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('PERSIST', KEYS[1])
return 'published'
