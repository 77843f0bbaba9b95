/** What can be bound to a parameter. */
export type SqlValue = string | number | null | Uint8Array

/** Values by the names of parameters. */
export type SqlValues = Readonly<Record<string, SqlValue>>

/** A statement whose parameters have names in the text, and places when they are bound. */
export interface Statement {
  readonly text: string
  /** The name at each place. */
  readonly parameters: readonly string[]
}

/**
 * Turns `:name` into `?`. Binding by place takes a third of the time that `node:sqlite` needs to bind by name, and numbered
 * parameters are refused by the one of Node 22.19.
 */
export function sql(text: string): Statement {
  const parameters: string[] = []
  const placed = text.replaceAll(/:([a-z_]+)/g, (_, name: string) => {
    parameters.push(name)
    return '?'
  })
  return { text: placed, parameters }
}
