import { expect, test } from 'vitest'
import { jsonLength } from '../../src/cut/json-length.ts'
import { Room } from '../../src/cut/room.ts'

test('A text counts as often as it will stand in the body, and by the length that it is cut to', () => {
  const room = new Room(100, 20, jsonLength)
  expect(room.takeText('a'.repeat(20), 2)).toHaveLength(20)
  expect(room.takeText('b'.repeat(1_000), 3)).toMatch(/^b+… \[truncated\]$/)
  expect(room.toJson({})).not.toBeNull()
  room.take(1)
  expect(room.toJson({})).toBeNull()
})

test('Once the room is spent, texts are empty and lists end', () => {
  const room = new Room(10, Number.POSITIVE_INFINITY, jsonLength)
  const seen: number[] = []
  const values = room.takeList([1, 2, 3, 4], 4, (item) => {
    seen.push(item)
    return room.takeText('x'.repeat(6), 1)
  })
  expect([seen, values]).toEqual([
    [1, 2],
    ['xxxxxx', ''],
  ])
})

test('A list ends at its count', () => {
  expect(new Room(10, 100, jsonLength).takeList([1, 2, 3], 2, (item) => item)).toEqual([1, 2])
})

test('What was made is within the bytes, or null', () => {
  expect(new Room(9, 100, jsonLength).toJson({ a: 'é' })).toBeNull()
  expect(new Room(10, 100, jsonLength).toJson({ a: 'é' })).toEqual(new TextEncoder().encode('{"a":"é"}'))
})

test('A long text counts with its escapes, before it is serialised', () => {
  const room = new Room(5_000, 2_000, jsonLength)
  expect(room.takeText('a'.repeat(2_000), 2)).toHaveLength(2_000)
  expect(room.isSpent).toBe(false)
  expect(new Room(5_000, 2_000, jsonLength).takeText('\0'.repeat(2_000), 1)).toBe('')
  expect(new Room(5_000, 2_000, jsonLength).takeText('\0'.repeat(3_000), 1)).toBe('')
})
