import { expect, test } from 'vitest'
import { outcomeWords } from '../../src/delivery/outcome-words.ts'
import { readTable } from '../samples/read-table.ts'

test('docs/outcomes.md lists every word with its sentence, in the same order, and nothing else', () => {
  expect(readTable('outcomes.md', '## Words')).toEqual(Object.entries(outcomeWords))
})
