import type { OutcomeWord } from '@posthorn/core'

/** The word for the status of an answer. */
export function toStatusWord(status: number): OutcomeWord {
  switch (Math.floor(status / 100)) {
    case 1:
      return 'http.1xx'
    case 2:
      return 'http.2xx'
    case 3:
      return 'http.3xx'
    case 4:
      return 'http.4xx'
    case 5:
      return 'http.5xx'
    default:
      return 'http.invalid'
  }
}
