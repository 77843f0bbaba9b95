/** A port, or the first and the last of a range. */
export type PortEntry = number | readonly [first: number, last: number]

/**
 * Ports above 1023 that the fetch standard calls bad, because they belong to protocols that a POST could be mistaken for.
 * Its bad ports below 1024 are not listed: of those, only 80 and 443 are allowed.
 * Source: Fetch standard, section "port blocking".
 */
const badPorts = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
]

/** Docker (2375, 2376), MySQL, PostgreSQL, Redis, Elasticsearch, memcached, MongoDB. Source: our own. */
const servicePorts = [2375, 2376, 3306, 5432, 6379, 9200, 11211, 27017]

/** The ports that may be reached unless the host says otherwise. */
export const defaultPorts: ReadonlySet<number> = new Set(
  [80, 443, ...portsFrom(1_024, 65_535)].filter((port) => ![...badPorts, ...servicePorts].includes(port)),
)

/** The ports that entries name. */
export function toPortSet(entries: readonly PortEntry[]): ReadonlySet<number> {
  return new Set(
    entries.flatMap((entry) => (typeof entry === 'number' ? [entry] : portsFrom(entry[0], entry[1]))),
  )
}

function portsFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
