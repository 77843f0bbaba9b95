/** A column's heading and how many characters it takes. A negative width aligns to the right. */
export type Column = readonly [heading: string, width: number]

/** A line of a table: cells filled up to the width of their columns, two spaces apart. */
export function toTableLine(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(([, width], index) => {
      const cell = cells[index] ?? ''
      return width < 0 ? cell.padStart(-width) : cell.padEnd(width)
    })
    .join('  ')
    .trimEnd()
}

/** The headings of a table. */
export function toTableHead(columns: readonly Column[]): string {
  return toTableLine(
    columns,
    columns.map(([heading]) => heading),
  )
}
