import { type LocalAddresses, resolveLocalAddresses } from './local-addresses.ts'
import { type ProxyOptions, type ProxyServer, resolveProxy } from './proxy-options.ts'
import { resolveTls, type TlsOptions, type Trust } from './tls-options.ts'

/** How connections are made. Variables of the environment such as `HTTPS_PROXY` are never read. */
export interface NetworkOptions {
  /** @default null, none */
  readonly proxy?: ProxyOptions | null | undefined
  /** @default Node's authorities, TLS 1.2 */
  readonly tls?: TlsOptions | undefined
  /**
   * The source address of connections: an address of this machine, or one of each family. Receivers that have only addresses of
   * another family are not reached then. @default null, chosen by the operating system
   */
  readonly localAddress?: string | readonly string[] | null | undefined
}

/** The same, parsed. */
export interface Network {
  readonly proxy: ProxyServer | null
  readonly trust: Trust
  readonly localAddresses: LocalAddresses | null
}

/** @throws {InvalidInputError} `option.invalid`, `option.unknown` */
export function resolveNetwork({ proxy, tls, localAddress }: NetworkOptions): Network {
  return {
    proxy: proxy === undefined || proxy === null ? null : resolveProxy(proxy),
    trust: resolveTls(tls ?? {}),
    localAddresses:
      localAddress === undefined || localAddress === null ? null : resolveLocalAddresses(localAddress),
  }
}
