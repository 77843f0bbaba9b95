/** The monotonic clock of the machine, in ms: the same for all processes of it. */
export function nowInMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
