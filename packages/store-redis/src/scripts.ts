import { REVISION_CHARS } from '@keepsake/core/store'
import { scriptOf } from './client.ts'

/** Each script uses one key, so that it runs on the node of a cluster that has the key. */

/** The part of a value before its text: a minute (8 digits), a time (13), a subject (32) and separators. */
const MAX_HEAD_CHARS = 56

/**
 * Replaces a record. `ARGV[1]` is its expiry, a space, and the revision of the text that it replaces. `ARGV[2]` is its
 * value (see record.ts), without the minute if it is to stay listed until the same one. The change is published on the
 * channel `ARGV[3]`, if there is one. Returns 0 if there is no record, or one with another text; 1 if the record was
 * replaced, now or earlier by the same command, which a client repeats if the reply was lost; 2 if nothing was done
 * because the record has to be listed first.
 *
 * Reads only the parts of the stored value that it compares, and does not split the new value, which may be long. A text that
 * is shorter than a revision is everything after the colon.
 */
export const REPLACE = scriptOf(`
local found = redis.pcall('GETRANGE', KEYS[1], -${REVISION_CHARS + 1}, -1)
if type(found) ~= 'string' then return 0 end
local expiresAt, from = string.match(ARGV[1], '^(%d+) (.*)$')
local value = ARGV[2]
local function is(revision)
  local length = #revision
  return string.sub(found, -length) == revision
    and (length == ${REVISION_CHARS} or string.byte(found, -length - 1) == 58)
end
if not is(from) and not is(string.sub(value, -${REVISION_CHARS})) then return 0 end
if string.byte(value) == 46 then
  local standing = redis.call('GETRANGE', KEYS[1], 0, ${MAX_HEAD_CHARS - 1})
  local listed, whose = string.match(standing, '^(%d+)%.%d+%.(%x+):')
  if whose ~= string.match(value, '(%x+):') or listed * 60000 < tonumber(expiresAt) then return 2 end
  value = listed .. value
end
redis.call('SET', KEYS[1], value, 'PXAT', expiresAt)
if ARGV[3] then redis.call('PUBLISH', ARGV[3], '') end
return 1`)

/** Deletes a record and publishes that on a channel. */
export const DELETE = scriptOf(`
if redis.call('DEL', KEYS[1]) == 1 then redis.call('PUBLISH', ARGV[1], '') end
return 1`)

/**
 * The index of a subject: a sorted set of keys. A score combines two times in epoch minutes: 2^26 times the latest possible
 * expiry of the record, plus the time when it was last listed. Adding a key removes those whose records must have expired.
 */
const SCORE = `
local unit = 67108864
local now = math.floor(redis.call('TIME')[1] / 60)
local function text(number) return string.format('%.0f', number) end`

/** Lists a key until the given minute, or until a later one if it is already listed until then. */
export const LIST = scriptOf(`${SCORE}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. text(now * unit))
local before = redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0
local to = math.max(tonumber(ARGV[2]), math.floor(before / unit))
redis.call('ZADD', KEYS[1], text(to * unit + now), ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], text((math.floor(last / unit) + 1) * 60000))
return 1`)

/** Each listed key, followed by its score if it was listed so long ago that its record must exist by now. */
export const LISTED = scriptOf(`${SCORE}
local listed = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for n = 2, #listed, 2 do
  if listed[n] % unit + 5 > now then listed[n] = '' end
end
return listed`)

/** Removes a key unless it has been listed again. */
export const UNLIST = scriptOf(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])`)
