import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { argv } from 'node:process'
import { GitError, type PushUpdate, readPush } from '@posthorn/git'
import { actor, repository } from './entities.ts'

/** A process that opens all the files it may, and says how reading a push ends: of one branch, of two, and when they are closed again. */

const [, , gitDir = '', after = ''] = argv

async function tryToRead(...names: readonly string[]): Promise<string> {
  const before = '0'.repeat(after.length)
  const updates = names.map((name): PushUpdate => ({ ref: `refs/heads/${name}`, before, after }))
  const detail = { maxCommits: 6, maxChanges: 6 }
  try {
    await readPush({ gitDir, updates, repository, actor, detail })
    return 'read'
  } catch (error) {
    return error instanceof GitError ? codeOf(error.cause) : `not a GitError: ${String(error)}`
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : `no code: ${String(error)}`
}

function openAll(): readonly number[] {
  const opened: number[] = []
  try {
    for (;;) opened.push(openSync(devNull, 'r'))
  } catch {
    return opened
  }
}

const opened = openAll()
const full = [await tryToRead('a'), await tryToRead('a', 'b')]
for (const file of opened) closeSync(file)
console.log(JSON.stringify([...full, await tryToRead('a')]))
