/** Where a delivery lies in a list: newest first by the time it was created, then by the order in which it was written. */
export interface PagePlace {
  readonly createdAt: number
  readonly seq: number
}

/** The cursor of the page behind a delivery. Every store has the same, so that what is none can be refused before one is asked. */
export function toPageCursor({ createdAt, seq }: PagePlace): string {
  return `${createdAt}.${seq}`
}

/** Null if it is none. */
export function parsePageCursor(cursor: string): PagePlace | null {
  const [, createdAt, seq] = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor) ?? []
  return createdAt === undefined || seq === undefined
    ? null
    : { createdAt: Number(createdAt), seq: Number(seq) }
}
