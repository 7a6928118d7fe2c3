-- Count a captured frame and put it before the workers; newest wins.
--
-- One frame of a camera waits at most. The place in the line stays the camera's:
-- a newer frame inherits it, so that fast cameras do not push slow ones back.
--
-- KEYS: waiting, frames, inflight, bell   ARGV: prefix, camera, frame id, entry
local waiting, frames, inflight, bell = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prefix, camera, frame_id, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local now = now_ms()
count_captured(prefix, camera, now)

local old = redis.call('HGET', frames, camera)
if old then
  local old_id, old_ms = string.match(old, '^(%d+) (%d+)$')
  count(prefix, camera, minute_of(old_ms), 'superseded')
  drop_picture(prefix, camera, old_id)
end

redis.call('HSET', frames, camera, string.format('%s %.0f', frame_id, now))
redis.call('ZADD', waiting, 'NX', now, camera)
redis.set_repl(redis.REPL_NONE)
redis.call('SET', picture_key(prefix, camera, frame_id), entry, 'PX', 60000)
redis.set_repl(redis.REPL_ALL)
if not redis.call('ZSCORE', inflight, camera) then
  ring(bell)
end
return 1
