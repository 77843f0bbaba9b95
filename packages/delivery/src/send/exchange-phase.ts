/**
 * How far an attempt got: looking the name up, reaching the proxy, connecting to the receiver, agreeing on TLS with it, or
 * exchanging request and answer.
 */
export type ExchangePhase = 'look-up' | 'proxy' | 'connect' | 'tls' | 'exchange'
