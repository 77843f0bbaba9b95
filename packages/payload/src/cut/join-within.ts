/**
 * The JSON of items, with commas between, if it takes no more bytes than that; null if it does, found out as soon as it does.
 * @param toJson gives null for an item that cannot fit
 */
export function joinWithin<Item>(
  items: Iterable<Item>,
  maxBytes: number,
  toJson: (item: Item) => string | null,
): string | null {
  const pieces: string[] = []
  // There is no comma before the first.
  let room = maxBytes + 1
  for (const item of items) {
    const json = toJson(item)
    if (json === null) return null
    room -= Buffer.byteLength(json) + 1
    if (room < 0) return null
    pieces.push(json)
  }
  return pieces.join(',')
}
