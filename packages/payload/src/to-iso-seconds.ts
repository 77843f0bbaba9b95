const firstSecondOfYear1 = -62_135_596_800_000
const lastSecondOfYear9999 = 253_402_300_799_000

/**
 * A time in ISO 8601 with whole seconds and the offset `+00:00`, such as `2026-03-01T10:00:00+00:00`.
 * Git stores any number as the time of a commit; one outside the years 1 to 9999 becomes the nearest second within.
 * @param at epoch ms
 */
export function toIsoSeconds(at: number): string {
  const bounded = Math.min(Math.max(at, firstSecondOfYear1), lastSecondOfYear9999)
  return `${new Date(bounded).toISOString().slice(0, 19)}+00:00`
}
