/** A push as its hook reports it. */
export interface PushReport {
  /** The same when it is told of again. */
  readonly pushId: string
  /** Workspace and name, such as `demo/hello`. */
  readonly repository: string
  /** Who pushed. */
  readonly user: string
  readonly updates: readonly ReportedUpdate[]
}

/** One line of a `post-receive` hook. */
export interface ReportedUpdate {
  /** All zeros if the ref was created. */
  readonly before: string
  /** All zeros if the ref was deleted. */
  readonly after: string
  readonly ref: string
}

// With the flag s, since the name of a ref may hold U+2028, which is a line break to `.` but not to Git.
const linePattern =
  /^(?<before>[0-9a-f]{40}|[0-9a-f]{64}) (?<after>[0-9a-f]{40}|[0-9a-f]{64}) (?<ref>refs\/.+)$/s

/** @throws {Error} if the text is not what our hook writes */
export function parsePushReport(pushId: string, text: string): PushReport {
  const report = JSON.parse(text) as Readonly<Record<string, unknown>> | null
  const { repository, user, lines } = report ?? {}
  if (typeof repository !== 'string' || typeof user !== 'string' || typeof lines !== 'string') {
    throw new Error('Expected a report with `repository`, `user` and `lines`.')
  }
  const updates = lines.split('\n').filter((line) => line !== '')
  // Git runs no hook for nothing.
  if (updates.length === 0) throw new Error('Expected a report with a line at least.')
  return { pushId, repository, user, updates: updates.map(parseLine) }
}

function parseLine(line: string): ReportedUpdate {
  const { before, after, ref } = linePattern.exec(line)?.groups ?? {}
  if (before === undefined || after === undefined || ref === undefined) {
    throw new Error(`Expected \`<before> <after> <ref>\`, got ${JSON.stringify(line.slice(0, 200))}.`)
  }
  return { before, after, ref }
}
