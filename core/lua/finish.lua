-- Write result, count and deletion at once, if the lease still holds; else nothing.
--
-- KEYS: waiting, inflight, leases, bell
-- ARGV: prefix, camera, token, outcome (analysed or failed), entry, picture life ms,
--   the same entry without crops, and how many results may wait before that is written
-- Returns 1 if the frame was ours to finish.
local waiting, inflight, leases, bell = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prefix, camera, token, outcome, entry = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local lease = redis.call('HGET', leases, camera)
if not lease then
  return 0
end
local owner, frame_id, pushed = string.match(lease, '^(%S+) (%d+) (%d+)$')
if owner ~= token or tonumber(redis.call('ZSCORE', inflight, camera)) < now_ms() then
  return 0
end

count(prefix, camera, minute_of(pushed), outcome)
redis.call('ZREM', inflight, camera)
redis.call('HDEL', leases, camera)
if outcome == 'analysed' then
  local stream = stream_key(prefix, camera)
  if redis.call('XLEN', stream) >= tonumber(ARGV[8]) then
    entry = ARGV[7]
  end
  redis.call('XADD', stream, '*', 'r', entry)
end

-- Someone is looking: keep the picture for as long as its overlay takes to come.
local picture = picture_key(prefix, camera, frame_id)
if outcome == 'analysed' and redis.call('EXISTS', prefix .. 'watched:' .. camera) == 1 then
  redis.set_repl(redis.REPL_NONE)
  redis.call('PEXPIRE', picture, ARGV[6])
  redis.set_repl(redis.REPL_ALL)
else
  drop_picture(prefix, camera, frame_id)
end
if redis.call('ZSCORE', waiting, camera) then
  ring(bell)
end
return 1
