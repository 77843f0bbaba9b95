/** How large a group is. Dialects add what they must know of a group to say by how much an item makes it grow. */
export interface GroupSize {
  readonly bytes: number
}

export interface Group<Item> extends GroupSize {
  readonly items: readonly Item[]
}

/**
 * Items in groups, each filled before the next is begun, in order: none is left out, none stands twice. One that fits into no
 * group has one of its own, the only kind that may be above the bound. A group is given before what follows it is looked at, but for one item.
 * @param empty the size of a group without items
 * @param grow the size of a group with one item more
 */
export function* packInOrder<Item, Size extends GroupSize>(
  items: Iterable<Item>,
  maxBytes: number,
  empty: Size,
  grow: (size: Size, item: Item) => Size,
): Generator<Group<Item>> {
  let group: Item[] = []
  let size = empty
  for (const item of items) {
    const grown = grow(size, item)
    if (group.length === 0 || grown.bytes <= maxBytes) {
      group.push(item)
      size = grown
      continue
    }
    yield { items: group, bytes: size.bytes }
    group = [item]
    size = grow(empty, item)
  }
  if (group.length > 0) yield { items: group, bytes: size.bytes }
}
