import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '..', '..', 'packages')

/** Which packages of this workspace each package may depend on. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  '@posthorn/core': [],
  '@posthorn/payload': ['@posthorn/core'],
  '@posthorn/delivery': ['@posthorn/core'],
  '@posthorn/git': ['@posthorn/core'],
  '@posthorn/store-memory': ['@posthorn/core'],
  '@posthorn/store-sqlite': ['@posthorn/core'],
  posthorn: ['@posthorn/core', '@posthorn/delivery', '@posthorn/payload', '@posthorn/store-memory'],
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifests = readdirSync(packages).map(
  (entry) => JSON.parse(readFileSync(join(packages, entry, 'package.json'), 'utf8')) as Manifest,
)

test('the packages are those of the architecture', () => {
  expect(manifests.map(({ name }) => name).toSorted()).toEqual(Object.keys(arrows).toSorted())
})

test.for(manifests.map((manifest) => [manifest.name, manifest] as const))(
  '%s depends only on what it may',
  ([name, { dependencies = {}, peerDependencies, optionalDependencies }]) => {
    const own = Object.keys(dependencies).filter((dependency) => dependency.includes('posthorn'))
    expect(own.toSorted()).toEqual(arrows[name]?.toSorted())
    expect([peerDependencies, optionalDependencies]).toEqual([undefined, undefined])
  },
)

test.for(Object.keys(arrows))('%s is built only after what it may depend on', (name) => {
  const directory = name.replace('@posthorn/', '')
  const config = JSON.parse(readFileSync(join(packages, directory, 'tsconfig.json'), 'utf8')) as {
    readonly references: readonly { readonly path: string }[]
  }
  const built = config.references.map(({ path }) => `@posthorn/${path.replace('../', '')}`)
  expect(built.toSorted()).toEqual(arrows[name]?.toSorted())
})

test('core depends on nothing, and every version of a dependency is exact', () => {
  for (const { name, dependencies = {} } of manifests) {
    if (name === '@posthorn/core') expect(dependencies).toEqual({})
    for (const version of Object.values(dependencies))
      expect(version).toMatch(/^(\d+\.\d+\.\d+|workspace:\*)$/)
  }
})
