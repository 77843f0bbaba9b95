import { InvalidInputError, parseMembers } from '@posthorn/core'
import { toUrlHost, toUrlPort } from '../address/host-name.ts'

/** An HTTP proxy that every delivery goes through, by `CONNECT`, whatever the scheme of its target. */
export interface ProxyOptions {
  /** `http://` or `https://`, with a name and a password before the host if the proxy wants them. */
  readonly url: string
  /**
   * Must be `true`: names are resolved by the proxy then, so that the addresses behind them cannot be judged here. Keeping
   * deliveries out of your network becomes the proxy's work.
   */
  readonly targetsResolvedByProxy: true
}

/** A proxy as it is dialled. */
export interface ProxyServer {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  /** The value of `Proxy-Authorization`; a function, so that whoever prints or inspects a proxy does not print it. */
  readonly authorization: () => string | null
}

/** @throws {InvalidInputError} `option.invalid`, `option.unknown`; never with the URL in it */
export function resolveProxy(options: unknown): ProxyServer {
  // A text may be a URL, so it is not quoted.
  if (typeof options !== 'object') throw invalid('proxy', 'Expected `proxy` to be an object with a `url`.')
  const { url: text, targetsResolvedByProxy } = parseMembers('proxy', options, [
    'url',
    'targetsResolvedByProxy',
  ])
  const url = typeof text === 'string' ? URL.parse(text) : null
  const isProxyUrl =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === ''
  if (!isProxyUrl) {
    throw invalid(
      'proxy.url',
      'Expected `proxy.url` to be http:// or https://, a host and a port, and nothing after them.',
    )
  }
  if (targetsResolvedByProxy !== true) {
    throw invalid(
      'proxy.targetsResolvedByProxy',
      'Expected `proxy.targetsResolvedByProxy` to be true. A proxy resolves the names of receivers by itself, so their addresses cannot be judged here: it is the proxy that must keep deliveries out of your network.',
    )
  }
  return {
    host: toUrlHost(url).text,
    port: toUrlPort(url),
    isSecure: url.protocol === 'https:',
    authorization: toAuthorization(url),
  }
}

function toAuthorization({ username, password }: URL): () => string | null {
  if (username === '' && password === '') return () => null
  const credentials = `${decode(username)}:${decode(password)}`
  const value = `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
  return () => value
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid(
      'proxy.url',
      'Expected the name and the password in `proxy.url` to be percent-encoded UTF-8.',
    )
  }
}

function invalid(field: string, message: string): InvalidInputError {
  return new InvalidInputError({ code: 'option.invalid', field, message })
}
