import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Dialect, DialectCaps, PushEvent } from '@posthorn/core'
import { describe, expect, test } from 'vitest'
import { site } from './fixtures/entities.ts'
import { partsOf } from './fixtures/parts-of.ts'

/** An event, and what is special about how its body is built. */
export interface GoldenCase {
  readonly event: PushEvent
  readonly caps?: Partial<DialectCaps>
}

// After a change that is meant to change bytes, rewrite the goldens and read their diff before you commit it:
//   POSTHORN_REWRITE_GOLDENS=1 vitest run packages/payload
const rewrites = process.env.POSTHORN_REWRITE_GOLDENS === '1'

/**
 * Holds the bodies of a dialect against the files of a folder, byte for byte: one file for each case, or `<name>.1.json`,
 * `<name>.2.json` and so on for each part, and none beside.
 */
export function describeGoldens(
  dialect: Dialect,
  folder: string,
  cases: Readonly<Record<string, GoldenCase>>,
): void {
  describe(`the golden files of ${dialect.name}`, () => {
    test.for(Object.entries(cases))('%s.json holds the bytes that are sent', ([name, { event, caps }]) => {
      const context = {
        site,
        variant: dialect.variants[0] ?? '',
        caps: { ...dialect.defaultCaps, ...caps },
      }
      const parts = partsOf(dialect, event, context)
      expect(parts.length).toBeGreaterThan(0)
      for (const [index, bytes] of parts.entries()) {
        const sent = new TextDecoder().decode(bytes)
        const path = join(folder, parts.length === 1 ? `${name}.json` : `${name}.${index + 1}.json`)
        if (rewrites) writeFileSync(path, sent)
        expect(existsSync(path), `There is no golden file ${path}.`).toBe(true)
        expect(sent).toBe(readFileSync(path, 'utf8'))
        expect(sent).toBe(JSON.stringify(JSON.parse(sent)))
      }
    })

    test('stand for one case each', () => {
      const names = readdirSync(folder).map((file) => basename(file, '.json').replace(/\.\d+$/, ''))
      expect([...new Set(names)].toSorted()).toEqual(Object.keys(cases).toSorted())
    })
  })
}
