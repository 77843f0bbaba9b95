/** What every contender may use: connections at a time, and the time for one request with its answer. */
export const connectionCount = 50
export const deadlineMs = 10_000
