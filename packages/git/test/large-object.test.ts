import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLargeObject } from '../src/objects/large-object.ts'

/** Lines as an object may have them, in any order. */
const line = fc.constantFrom('parent a', 'parent', 'author A <a@b>', ' signature', ' ', 'x y', '\0', 'p')

test('a large object in any pieces loses what continues headers, and all but the beginning of its message', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.string({ maxLength: 12 }),
      fc.nat({ max: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (lines, message, maxBytes, pieces) => {
        const toText = (headers: readonly string[], text: string) =>
          `${headers.map((header) => `${header}\n`).join('')}\n${text}`
        const whole = Buffer.from(toText(lines, message))
        const object = createLargeObject(maxBytes)
        let parentBytes = 0
        for (let start = 0, index = 0; start < whole.length; index += 1) {
          const end = start + (pieces[index % pieces.length] ?? 1)
          parentBytes += object.add(whole.subarray(start, end))
          start = end
        }
        // Parents stand right behind the first line; the line that ends them is kept, whatever it is.
        const end = lines.findIndex((header, index) => index > 0 && !header.startsWith('p'))
        const endOfParents = end === -1 ? lines.length : end
        const headers = lines.filter((header, index) => index <= endOfParents || !header.startsWith(' '))
        const messageBytes = Buffer.from(message).subarray(0, maxBytes)
        expect(object.bytes()).toEqual(Buffer.concat([Buffer.from(toText(headers, '')), messageBytes]))
        const parents = lines.slice(1, endOfParents)
        expect(parentBytes).toBe(parents.reduce((sum, { length }) => sum + length + 1, 0))
        expect(object.isCut()).toBe(messageBytes.length < Buffer.byteLength(message))
      },
    ),
  )
})

test('headers without end are cut, but those of parents are not', () => {
  const object = createLargeObject(10)
  object.add(Buffer.from('tree a\n'))
  for (let index = 0; index < 30_000; index += 1) object.add(Buffer.from(`parent ${'a'.repeat(40)}\n`))
  for (let index = 0; index < 20; index += 1) object.add(Buffer.from(`${'x'.repeat(100_000)}`))
  object.add(Buffer.from('\n'))
  // Here they are no parents.
  for (let index = 0; index < 30_000; index += 1) object.add(Buffer.from(`parent ${'b'.repeat(40)}\n`))
  object.add(Buffer.from('author A\n\nmessage'))
  const [tree, ...others] = object.bytes().toString('latin1').split('\n')
  expect(tree).toBe('tree a')
  expect(others.slice(0, 30_000)).toEqual(Array<string>(30_000).fill(`parent ${'a'.repeat(40)}`))
  expect(others[30_000]).toHaveLength(1_048_576 - 'tree a\n'.length)
  expect(others.slice(30_001)).toEqual(['', 'message'])
})
