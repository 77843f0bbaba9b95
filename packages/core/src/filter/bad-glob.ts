/** A pattern breaks a rule, which completes "Expected it to be a pattern …". Never leaves the package. */
export class BadGlob extends Error {
  override readonly name = 'BadGlob'
}
