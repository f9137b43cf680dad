--[[
  Writes one chunk of a full checkpoint to a key that nobody reads yet. Rows and time to live go in together, so that a
  writer that dies in between leaves nothing behind for ever.

  KEYS[1]  the staged checkpoint
  ARGV[1]  time to live, ms, from now
  ARGV[2 ..]  field, value, field, value, ...

  Result:  'staged'
]]
-- Lua's unpack is limited to some 8,000 values; this many fields and values (even) go into one command.
local SLICE = 1000

for from = 2, #ARGV, SLICE do
  redis.call('HSET', KEYS[1], unpack(ARGV, from, math.min(from + SLICE - 1, #ARGV)))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 'staged'
