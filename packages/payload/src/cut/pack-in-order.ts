/** How large a group is. Dialects add what they must know of a group to say by how much an item makes it grow. */
export interface GroupSize {
  readonly bytes: number
}

/**
 * Items in groups, each filled before the next is begun, in order: none is left out, none stands twice. One that fits into no
 * group has one of its own.
 * @param empty the size of a group without items
 * @param grow the size of a group with one item more
 */
export function packInOrder<Item, Size extends GroupSize>(
  items: readonly Item[],
  maxBytes: number,
  empty: Size,
  grow: (size: Size, item: Item) => Size,
): readonly (readonly Item[])[] {
  const groups: Item[][] = []
  let size = empty
  for (const item of items) {
    const group = groups.at(-1)
    const grown = grow(size, item)
    if (group !== undefined && grown.bytes <= maxBytes) {
      group.push(item)
      size = grown
    } else {
      groups.push([item])
      size = group === undefined ? grown : grow(empty, item)
    }
  }
  return groups
}
