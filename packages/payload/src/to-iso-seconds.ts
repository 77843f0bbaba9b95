const firstSecondOfYear1 = -62_135_596_800_000
const lastSecondOfYear9999 = 253_402_300_799_000

/** From these, a time is put together in half the time that it takes to cut what `toISOString` gives. */
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/**
 * A time in ISO 8601 with whole seconds and the offset `+00:00`, such as `2026-03-01T10:00:00+00:00`.
 * Git stores any number as the time of a commit; one outside the years 1 to 9999 becomes the nearest second within.
 * @param at epoch ms
 */
export function toIsoSeconds(at: number): string {
  const date = new Date(Math.min(Math.max(at, firstSecondOfYear1), lastSecondOfYear9999))
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const month = twoDigits[date.getUTCMonth() + 1]
  const day = twoDigits[date.getUTCDate()]
  const hour = twoDigits[date.getUTCHours()]
  const minute = twoDigits[date.getUTCMinutes()]
  const second = twoDigits[date.getUTCSeconds()]
  return `${year}-${month}-${day}T${hour}:${minute}:${second}+00:00`
}
