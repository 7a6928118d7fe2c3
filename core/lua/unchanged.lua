-- Count a captured frame in which nothing moved, and tell the recorder so, at
-- most once a second: it only needs to know that time passes in a still scene.
--
-- KEYS: told   ARGV: prefix, camera, entry, results bound
local told = KEYS[1]
local prefix, camera, entry, bound = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local now = now_ms()
count_captured(prefix, camera, now)
count(prefix, camera, minute_of(now), 'unchanged')

local last = tonumber(redis.call('HGET', told, camera) or 0)
local stream = stream_key(prefix, camera)
if math.abs(now - last) >= 1000 and redis.call('XLEN', stream) < bound then
  redis.call('HSET', told, camera, string.format('%.0f', now))
  redis.call('XADD', stream, '*', 'r', entry)
end
return 1
