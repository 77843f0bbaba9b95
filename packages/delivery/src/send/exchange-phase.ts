/** How far an attempt got: looking the name up, connecting, agreeing on TLS, or exchanging request and answer. */
export type ExchangePhase = 'look-up' | 'connect' | 'tls' | 'exchange'
