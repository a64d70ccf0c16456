-- Takes the hint whose turn is first: of the first queue that has any, whichever lane it is in.
-- KEYS: the lanes of the first queue, those of the second, and so on. ARGV[1]: lanes of a queue. Answer: key and hint, or nothing.
local lanes = tonumber(ARGV[1])
for first = 1, #KEYS, lanes do
  local key, hint, turn
  for at = first, first + lanes - 1 do
    local found = redis.call('ZRANGE', KEYS[at], 0, 0, 'WITHSCORES')
    if found[1] and (not turn or tonumber(found[2]) < turn) then
      key, hint, turn = KEYS[at], found[1], tonumber(found[2])
    end
  end
  if key then
    redis.call('ZREM', key, hint)
    return {key, hint}
  end
end
return {}
