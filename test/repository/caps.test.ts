import { type DialectCaps, InvalidInputError } from '@posthorn/core'
import { readTable } from '@posthorn/test-kit/read-table'
import { bitbucketDialects } from 'posthorn'
import { expect, test } from 'vitest'
import { resolveOptions } from '../../packages/posthorn/src/resolve-options.ts'
import { site } from '../sample-push.ts'

const rows = readTable('docs/sizes.md', '## The caps')
/** The number that a cell begins with; 0 where it has none, as in "shows none". */
const toNumber = (cell = ''): number => Number(/^[\d,]+/.exec(cell)?.[0]?.replaceAll(',', '') ?? 0)

test('docs/sizes.md shows the caps of each dialect', () => {
  const names: Readonly<Record<keyof DialectCaps, true>> = {
    maxBodyBytes: true,
    maxCommits: true,
    maxChanges: true,
  }
  expect(rows.map(([name]) => name)).toEqual(Object.keys(names))
  for (const [column, { defaultCaps }] of bitbucketDialects.entries()) {
    const shown = rows.map(([name, ...cells]) => [name, toNumber(cells[column])])
    expect(Object.fromEntries(shown)).toEqual(defaultCaps)
  }
})

test.for(bitbucketDialects.map(({ name }) => name))(
  'docs/sizes.md shows the ranges of the caps of %s',
  (dialect) => {
    for (const [name = '', , , range = ''] of rows) {
      const [min, max] = range.split(' to ').map(toNumber)
      const give = (value: number) => () => resolveOptions({ site, caps: { [dialect]: { [name]: value } } })
      expect(give(min ?? 0), name).not.toThrow()
      expect(give(max ?? 0), name).not.toThrow()
      expect(give((min ?? 0) - 1), name).toThrow(InvalidInputError)
      expect(give((max ?? 0) + 1), name).toThrow(InvalidInputError)
    }
  },
)
