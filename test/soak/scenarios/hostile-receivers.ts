import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Runs the attempts in a process of their own, so that its memory is theirs alone. */
const file = join(import.meta.dirname, '../../../packages/delivery/test/soak/hostile-receivers.ts')
const child = spawn(process.execPath, ['--expose-gc', '--conditions=@posthorn/source', file], {
  stdio: 'inherit',
})
assert.deepEqual(await once(child, 'exit'), [0, null], 'hostile-receivers failed')
