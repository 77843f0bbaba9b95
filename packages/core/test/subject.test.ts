import { expect, test } from 'vitest'
import { isSubjectType, parseSubjectRef, subjectTypes } from '../src/subject.ts'
import { thrownBy } from './samples/thrown-by.ts'

const id = '0d1f4f4e-7d2f-4c4a-9a3b-1f0c54c0a001'

test.for(subjectTypes)('takes a %s, and normalises its id', (type) => {
  expect(parseSubjectRef({ type, id: `{${id.toUpperCase()}}` })).toEqual({ type, id })
})

test('gives back nothing but type and id', () => {
  expect(parseSubjectRef({ type: 'project', id, name: 'Tools' })).toEqual({ type: 'project', id })
})

test.for([
  [null, 'subject'],
  [undefined, 'subject'],
  ['repository', 'subject'],
  [[], 'subject'],
  [() => id, 'subject'],
  [{}, 'subject'],
  [{ type: 'repository' }, 'subject'],
  [{ id }, 'subject'],
  [{ type: 'team', id }, 'subject.type'],
  [{ type: 'constructor', id }, 'subject.type'],
  [{ type: 1n, id }, 'subject.type'],
  [{ type: { toJSON: () => 'repository' }, id }, 'subject.type'],
  [{ type: 'repository', id: 11 }, 'subject.id'],
  [{ type: 'repository', id: `${id}\n` }, 'subject.id'],
] as const)('refuses %o and names %s', ([input, field]) => {
  const error = thrownBy(() => parseSubjectRef(input))
  expect(error).toMatchObject({ code: 'subject.invalid', field })
  expect(error.message).toMatch(/^Expected `.*got /)
})

test('takes an id from a getter only once', () => {
  let count = 0
  const input = {
    type: 'repository',
    get id() {
      count += 1
      return count === 1 ? id : '../../etc'
    },
  }
  expect(parseSubjectRef(input).id).toBe(id)
})

test.for(['__proto__', 'toString', 'team', '', null, 0])(
  'does not take %o for a type of subject',
  (value) => {
    expect(isSubjectType(value)).toBe(false)
  },
)
