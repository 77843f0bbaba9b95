/**
 * What can become of an attempt, with the sentence a tenant may read. Words are mapped from error codes and statuses, never
 * from message texts, and part of the public contract.
 */
export const outcomeWords = {
  'http.2xx': 'The receiver accepted the delivery.',
  'http.1xx': 'The receiver answered with an interim status and nothing else.',
  'http.3xx': 'The receiver answered with a redirect; redirects are not followed.',
  'http.4xx': 'The receiver refused the delivery.',
  'http.5xx': 'The receiver failed.',
  'http.invalid': 'The receiver answered with a status outside 100 to 599.',
  'dns.not-found': "The receiver's name does not exist.",
  'dns.failed': "The receiver's name could not be looked up.",
  'dns.timeout': "The look-up of the receiver's name took too long.",
  'target.blocked': 'The address, port or scheme of the receiver is not allowed.',
  'connect.refused': 'The receiver refused the connection.',
  'connect.reset': 'The receiver closed the connection while it was being opened.',
  'connect.timeout': 'The connection could not be opened in time.',
  'connect.unreachable': 'The receiver could not be reached.',
  'tls.self-signed': "The receiver's certificate is self-signed.",
  'tls.untrusted': "The receiver's certificate is not signed by a trusted authority.",
  'tls.expired': "The receiver's certificate has expired.",
  'tls.not-yet-valid': "The receiver's certificate is not valid yet.",
  'tls.host-mismatch': "The receiver's certificate is for another name.",
  'tls.failed': 'No secure connection could be agreed on with the receiver.',
  'timeout.total': 'The receiver did not answer within the deadline.',
  'answer.closed': 'The receiver closed the connection without an answer.',
  'answer.malformed': 'What the receiver sent was not HTTP.',
  'answer.too-large': "What came before the receiver's status was known, or its headers, was too large.",
  'network.failed': 'The request failed on the network.',
  'local.no-route': 'This machine has no route to the network.',
  'local.dns': 'This machine could look up no name at all.',
  'local.proxy': 'The proxy of this machine could not be reached, or failed.',
  'local.exhausted': 'This machine ran out of sockets, files or memory.',
  'local.secret-unreadable': 'A secret of the subscription could not be opened.',
  'local.body-missing': 'The body of the delivery is no longer stored.',
  'local.failed': 'The attempt failed on our own side.',
  stopped: 'The emitter was stopped before the attempt ended.',
} as const

/** One word for what became of an attempt; see {@link outcomeWords}. */
export type OutcomeWord = keyof typeof outcomeWords
