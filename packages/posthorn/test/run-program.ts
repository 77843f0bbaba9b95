import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const samples = JSON.stringify(join(import.meta.dirname, 'samples.ts'))

/** Runs a program in a process of its own, which finds the samples imported. */
export async function runProgram(
  source: string,
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const program = `import { createPush, startEmitter, subject } from ${samples}\n${source}`
  const args = ['--conditions=@posthorn/source', '--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [[code], output, errors] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ])
  return { code, output, errors }
}
