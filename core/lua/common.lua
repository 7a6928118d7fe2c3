-- What the queue's scripts share. Each begins with this text.
--
-- Pictures are written under REPL_NONE: they stay out of replicas and of the
-- append-only file, for they are perishable, and have no business on a disk.
-- A picture that is gone after a restart makes its frame `lost`, never wrong.

local ACCOUNT_LIFE_S = 90000 -- 25 h: a day of minutes, and room to read it

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function minute_of(ms)
  return math.floor(ms / 60000)
end

local function count(prefix, camera, minute, outcome)
  redis.call('HINCRBY', prefix .. 'account:' .. camera, outcome, 1)
  local key = prefix .. 'account:' .. camera .. ':' .. minute
  if redis.call('HINCRBY', key, outcome, 1) == 1 then
    redis.call('EXPIRE', key, ACCOUNT_LIFE_S)
  end
end

-- Counts a captured frame. The first one after the server lost its data begins a
-- new epoch: what was unresolved in the old one is lost, and its counts with it.
local function count_captured(prefix, camera, now)
  redis.call('SET', prefix .. 'epoch', string.format('%.0f', now), 'NX')
  count(prefix, camera, minute_of(now), 'captured')
end

local function picture_key(prefix, camera, frame_id)
  return prefix .. 'picture:' .. camera .. ':' .. frame_id
end

local function drop_picture(prefix, camera, frame_id)
  redis.set_repl(redis.REPL_NONE)
  redis.call('DEL', picture_key(prefix, camera, frame_id))
  redis.set_repl(redis.REPL_ALL)
end

local function stream_key(prefix, camera)
  return prefix .. 'results:' .. (tonumber(camera) % 32)
end

local function ring(bell)
  redis.call('LPUSH', bell, 1)
  redis.call('LTRIM', bell, 0, 63)
end
