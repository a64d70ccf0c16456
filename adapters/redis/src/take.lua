-- Takes tokens from a bucket. KEYS[1]: the bucket. ARGV: capacity, refill, period in microseconds, cost.
-- Returns whether the tokens were taken, and the tokens missing from a full bucket as text (Redis cuts fractions off numbers).
local capacity, refill, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local stored = redis.call('HMGET', KEYS[1], 'owed', 'at')
local owed, at = tonumber(stored[1] or 0), tonumber(stored[2] or now)
-- A clock that steps back gives nothing, and does not stop the refill until it has caught up.
owed = math.max(0, owed - math.max(0, now - at) * refill / period)
owed = math.min(owed, capacity)
-- A look asks whether a call of cost 1 would pass. The tolerance is for rounding; it is far below one token.
local allowed = owed + math.max(cost, 1) <= capacity + 0.000001
if allowed and cost > 0 then
  owed = owed + cost
end
if owed <= 0.000001 then
  redis.call('DEL', KEYS[1])
else
  redis.call('HSET', KEYS[1], 'owed', string.format('%.17g', owed), 'at', string.format('%.0f', now))
  -- A bucket that would be full is forgotten. One without a refill is kept for a month.
  local full_in = refill > 0 and math.ceil(owed * period / refill / 1000) or 2592000000
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1, full_in)))
end
return { allowed and 1 or 0, string.format('%.17g', owed) }
