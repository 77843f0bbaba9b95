import { expect, test } from 'vitest'
import { textLengths } from '../../src/cut/text-lengths.ts'

test.for([
  [1_000, [125, 62, 31, 15]],
  [256, [32, 16, 15]],
  [10, [15]],
] as const)('In a body of %d bytes, texts are cut to %j', ([maxBytes, lengths]) => {
  expect(textLengths(maxBytes)).toEqual(lengths)
})
