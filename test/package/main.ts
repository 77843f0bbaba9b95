import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Looks at the packages as npm and its users would: packs them, has publint and attw judge the tarballs, installs the
 * tarballs in a folder of their own with the oldest Node we support, and runs `end-to-end.mjs` there.
 */

/** The floor of undici 8, and so ours. */
const oldestNode = '22.19.0'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'posthorn-package-'))

try {
  const packages = readPublicPackages()
  const tarballs = packages.map(({ name, directory }) => ({ name, path: pack(directory) }))
  for (const { path } of tarballs) {
    run(root, 'publint', ['--strict', path])
    run(root, 'attw', ['--profile', 'esm-only', path])
  }
  installAndRun(tarballs)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

interface PublicPackage {
  readonly name: string
  readonly directory: string
}

function readPublicPackages(): readonly PublicPackage[] {
  const directories = readdirSync(join(root, 'packages')).map((entry) => join(root, 'packages', entry))
  return directories.map((directory) => {
    const { name } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly name: string
    }
    return { name, directory }
  })
}

function pack(directory: string): string {
  const destination = join(folder, directory.split('/').at(-1) ?? '')
  mkdirSync(destination)
  run(directory, 'npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', destination])
  const [tarball] = readdirSync(destination)
  if (tarball === undefined) throw new Error(`nothing was packed from ${directory}`)
  return join(destination, tarball)
}

function installAndRun(tarballs: readonly { readonly name: string; readonly path: string }[]): void {
  const app = join(folder, 'app')
  mkdirSync(app)
  const dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]))
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...dependencies, node: oldestNode },
    // The tarballs name one another by version; none of those versions has to be published for this test.
    overrides: Object.fromEntries(tarballs.map(({ name }) => [name, `$${name}`])),
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest, null, 2))
  cpSync(join(import.meta.dirname, 'end-to-end.mjs'), join(app, 'end-to-end.mjs'))
  run(app, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'])
  run(app, join(app, 'node_modules', '.bin', 'node'), ['end-to-end.mjs', `v${oldestNode}`])
}

/** Runs a command; what it prints is shown only if it fails. */
function run(cwd: string, command: string, args: readonly string[]): void {
  console.log(`$ ${command} ${args.join(' ')}`)
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status === 0) return
  console.error(stdout, stderr)
  throw new Error(`${command} failed with exit code ${status}`)
}
