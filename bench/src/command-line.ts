import { parseArgs } from 'node:util'

export interface CommandLine {
  /** Names of scenarios, or beginnings of them; none means all. */
  readonly only: readonly string[]
  readonly isJson: boolean
  readonly isQuick: boolean
}

export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  })
  const only = values.only.flatMap((names) => names.split(','))
  return { only, isJson: values.json, isQuick: values.quick }
}
