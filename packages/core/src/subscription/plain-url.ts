/** Whether a stored URL is one that was not sealed: earlier releases kept it as it is. */
export function isPlainUrl(stored: string): boolean {
  return /^https?:/i.test(stored)
}
