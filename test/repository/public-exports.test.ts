import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const packages = join(import.meta.dirname, '..', '..', 'packages')

/** What an index passes on of the files of its own package: the path of a file, and names in it. */
function readExports(index: string): readonly { readonly file: string; readonly names: readonly string[] }[] {
  const text = readFileSync(join(packages, index), 'utf8')
  const exports = [...text.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']*)'/g)]
  return exports.map(([, list = '', path = '']) => ({
    file: join(packages, dirname(index), path),
    names: list.split(',').map((name) => name.trim().replace(/^type /, '')),
  }))
}

test.for(globSync('*/src/index.ts', { cwd: packages }))(
  'what %s exports has a sentence of documentation',
  (index) => {
    for (const { file, names } of readExports(index)) {
      const text = readFileSync(file, 'utf8')
      for (const name of names.filter((given) => given !== '')) {
        const declaration = `(?:async )?(?:function|const|interface|type|class)\\*? ${name}\\b`
        expect(new RegExp(`\\*/\\nexport ${declaration}`).test(text), `${name} in ${file}`).toBe(true)
      }
    }
  },
)
