/**
 * How secrets are encrypted before they go into the store, and decrypted for each attempt. Both functions may be asynchronous; one
 * that takes longer than the deadline of an attempt counts as failed. Nothing is cached: a key service that is asked over the
 * network is asked for each secret of each attempt, so it had better only unwrap the keys that these functions then use.
 */
export interface Encryption {
  /**
   * @param additionalData names the subscription and the field; what was encrypted with it must decrypt with nothing else
   * @returns text without NUL that tells {@link decrypt} which key was used
   */
  readonly encrypt: (plaintext: string, additionalData: string) => string | Promise<string>
  /** Throws, or rejects, if the text was changed or its key is not there. */
  readonly decrypt: (ciphertext: string, additionalData: string) => string | Promise<string>
}
