import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Workspace packages are tested from their sources, so no build precedes a test run.
const conditions = ['@posthorn/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    pool: 'forks',
    execArgv: conditions.map((condition) => `--conditions=${condition}`),
    // A bound for what hangs, far above what any test takes on a busy machine.
    testTimeout: 60_000,
    // Not one less than there are cores, which on two of them is one.
    maxWorkers: '100%',
    // Threads and processes that tests start strip the types of the same sources again and again without it.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compile') },
  },
})
