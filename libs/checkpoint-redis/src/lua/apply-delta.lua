--[[
  Applies one chunk of a delta to a task's checkpoint.

  It applies only if the hash is there, is of the same incarnation, and base <= stored < target. Every chunk but the last
  leaves the meta fields alone: the stored version then still tells where to read the changelog on from, and the rows
  that are already newer are read again from there.

  Every chunk but the last also leaves the delta's mark in m:delta, and the next one wants to find it: nothing has been
  written in between and nothing was lost. Else the last chunk would claim rows that another writer has overwritten with
  older ones. The last chunk of any delta removes the mark, whose ever it is.

  KEYS[1]  the checkpoint
  ARGV[1]  incarnation
  ARGV[2]  base: the version that the rows of the delta count from
  ARGV[3]  target: the version that the delta leads to
  ARGV[4]  when this is written, epoch ms
  ARGV[5]  the mark that the chunk before this one has left; empty for the first, which needs none
  ARGV[6]  n: how many fields are removed
  ARGV[7 .. 6+n]   fields to remove; in the last chunk m:delta is one of them
  ARGV[7+n ..]     field, value, field, value, ...; the last chunk ends with the meta fields, any other with m:delta

  Result:  'applied'     the chunk is in
           'superseded'  the store is at the target or past it; at the target it is as good as written now, which it
                         notes (once a minute will do: its age counts in hours)
           'missing'     no hash, another incarnation, older than base, or not as the chunk before has left it: write it
                         in full
]]
-- Lua's unpack is limited to some 8,000 values; this many field names or (even) fields and values go into one command.
local SLICE = 1000

local function in_slices(command, first, last)
  for from = first, last, SLICE do
    redis.call(command, KEYS[1], unpack(ARGV, from, math.min(from + SLICE - 1, last)))
  end
end

local REFRESH_AFTER_MS = 60000

local stored = redis.call('HMGET', KEYS[1], 'm:incarnation', 'm:version', 'm:writtenAtMs', 'm:delta')
local version = tonumber(stored[2] or '')
if stored[1] ~= ARGV[1] or not version or version < tonumber(ARGV[2]) then
  return 'missing'
end
if version >= tonumber(ARGV[3]) then
  if version == tonumber(ARGV[3]) and tonumber(ARGV[4]) - (tonumber(stored[3] or '') or 0) >= REFRESH_AFTER_MS then
    redis.call('HSET', KEYS[1], 'm:writtenAtMs', ARGV[4])
  end
  return 'superseded'
end
if ARGV[5] ~= '' and stored[4] ~= ARGV[5] then
  return 'missing'
end

local last_removed = 6 + tonumber(ARGV[6])
in_slices('HDEL', 7, last_removed)
in_slices('HSET', last_removed + 1, #ARGV)
return 'applied'
