import { describe, expect, test } from 'vitest'
import { parseAuthorization } from '../../src/subscription/authorization.ts'
import { thrownBy } from '../samples/thrown-by.ts'

const secret = 'hunter2'

describe('an authorization', () => {
  test.for([
    // RFC 7617, sections 2 and 2.1.
    [{ username: 'Aladdin', password: 'open sesame' }, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    [{ username: 'test', password: '123£' }, 'Basic dGVzdDoxMjPCow=='],
    [{ username: 'a', password: 'b:c:' }, 'Basic YTpiOmM6'],
    [{ username: '', password: 'x' }, 'Basic Ong='],
    [{ username: 'x', password: '' }, 'Basic eDo='],
  ] as const)('of the type basic is encoded as RFC 7617 has it: %o', ([given, value]) => {
    expect(parseAuthorization({ type: 'basic', ...given })).toEqual({
      kind: 'set',
      value: { shown: { type: 'basic', username: given.username }, value },
    })
  })

  test.for(['mF_9.B5f-4.1JqM', 'a', 'YWJj==', '-._~+/', 'x'.repeat(2_048)])(
    'of the type bearer is sent as it is: %s',
    (token) => {
      expect(parseAuthorization({ type: 'bearer', token })).toEqual({
        kind: 'set',
        value: { shown: { type: 'bearer' }, value: `Bearer ${token}` },
      })
    },
  )

  test('is none with null', () => expect(parseAuthorization(null)).toEqual({ kind: 'remove' }))

  test.for([
    [secret, 'auth'],
    [[secret], 'auth'],
    [{}, 'auth.type'],
    [{ type: secret }, 'auth.type'],
    [{ type: 'Basic', username: 'a', password: secret }, 'auth.type'],
    [{ type: 'basic', username: `a:${secret}`, password: secret }, 'auth.username'],
    [{ type: 'basic', username: 'a' }, 'auth.password'],
    [{ type: 'basic', password: secret }, 'auth.username'],
    [{ type: 'basic', username: '', password: '' }, 'auth'],
    [{ type: 'basic', username: 'a', password: `${secret}\r\nX-Other: 1` }, 'auth.password'],
    [{ type: 'basic', username: `a\0${secret}`, password: 'b' }, 'auth.username'],
    [{ type: 'basic', username: 'a', password: `${secret}\ud800` }, 'auth.password'],
    [{ type: 'basic', username: 'a', password: `${secret}\x85` }, 'auth.password'],
    [{ type: 'basic', username: 'a', password: secret.repeat(400) }, 'auth.password'],
    [{ type: 'basic', username: 'a', password: 7 }, 'auth.password'],
    [{ type: 'basic', username: 'a', password: secret, token: secret }, 'auth.token'],
    [{ type: 'bearer', token: secret, password: secret }, 'auth.password'],
    [{ type: 'bearer', token: '' }, 'auth.token'],
    [{ type: 'bearer' }, 'auth.token'],
    [{ type: 'bearer', token: `${secret} x` }, 'auth.token'],
    [{ type: 'bearer', token: `${secret}\r\nX-Other: 1` }, 'auth.token'],
    [{ type: 'bearer', token: `${secret}=x` }, 'auth.token'],
    [{ type: 'bearer', token: `${secret}é` }, 'auth.token'],
    [{ type: 'bearer', token: secret.repeat(400) }, 'auth.token'],
    [{ type: 'bearer', token: 'a', [secret]: secret }, 'auth'],
  ] as const)('is refused without being shown: %o', ([input, field]) => {
    const error = thrownBy(() => parseAuthorization(input))
    expect(error).toMatchObject({ code: 'subscription.invalid', field })
    expect(`${error.message} ${String(error.cause)}`).not.toContain(secret)
  })
})
