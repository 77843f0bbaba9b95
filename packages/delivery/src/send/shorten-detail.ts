/** Characters of a `detail`. What it tells of comes from receivers' names and the host's resolver too, and nothing bounds those. */
const maxDetailLength = 500

/** What an outcome says beside its word, cut where it is longer than a person would read. */
export function shortenDetail(detail: string): string {
  return detail.length <= maxDetailLength ? detail : `${detail.slice(0, maxDetailLength - 1).toWellFormed()}…`
}
