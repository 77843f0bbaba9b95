/** A proxy did not give the way to a target. */
export class ProxyError extends Error {
  readonly code = 'PROXY_FAILED'
  /** What the proxy answered; null if it gave no answer that is HTTP. */
  readonly status: number | null

  constructor(status: number | null, cause?: unknown) {
    super(status === null ? 'The proxy gave no answer.' : `The proxy answered with ${status}.`, { cause })
    this.name = 'ProxyError'
    this.status = status
  }
}
