-- Lease the newest frame of the cameras that have waited longest.
--
-- At most one frame of a camera is in flight, so that its results come in order.
-- A camera whose results are not being recorded is left alone: its frames are
-- superseded until the recorder has caught up.
--
-- KEYS: waiting, frames, inflight, leases
-- ARGV: prefix, count, token, staleness ms, lease ms, results bound
-- Returns rows of {camera, frame id, entry}.
local waiting, frames, inflight, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prefix, wanted, token = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local staleness, lease_ms, bound = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local now = now_ms()

-- A lease that ran out is lost; its frame is never analysed again.
for _, camera in ipairs(redis.call('ZRANGEBYSCORE', inflight, '-inf', '(' .. string.format('%.0f', now))) do
  local _, frame_id, pushed = string.match(redis.call('HGET', leases, camera), '^(%S+) (%d+) (%d+)$')
  count(prefix, camera, minute_of(pushed), 'lost')
  drop_picture(prefix, camera, frame_id)
  redis.call('ZREM', inflight, camera)
  redis.call('HDEL', leases, camera)
end

local function forget(camera)
  redis.call('ZREM', waiting, camera)
  redis.call('HDEL', frames, camera)
end

local function take(camera)
  local frame_id, pushed = string.match(redis.call('HGET', frames, camera), '^(%d+) (%d+)$')
  local entry = redis.call('GET', picture_key(prefix, camera, frame_id))
  forget(camera)
  if now - pushed > staleness then
    count(prefix, camera, minute_of(pushed), 'expired')
    drop_picture(prefix, camera, frame_id)
    return nil
  end
  if not entry then
    count(prefix, camera, minute_of(pushed), 'lost')
    return nil
  end
  redis.call('ZADD', inflight, now + lease_ms, camera)
  redis.call('HSET', leases, camera, token .. ' ' .. frame_id .. ' ' .. pushed)
  return {camera, frame_id, entry}
end

local taken = {}
for _, camera in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
  if #taken >= wanted then
    break
  end
  local is_busy = redis.call('ZSCORE', inflight, camera)
  if not is_busy and redis.call('XLEN', stream_key(prefix, camera)) < bound then
    local row = take(camera)
    if row then
      taken[#taken + 1] = row
    end
  end
end
return taken
