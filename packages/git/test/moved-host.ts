import { rmSync } from 'node:fs'
import { argv, chdir } from 'node:process'
import { readPush } from '@posthorn/git'
import { actor, repository } from './entities.ts'

/** A process that goes to a directory, removes it or not, and prints what it reads of a push there. */

const [, , gitDir = '', before = '', after = '', directory = '', fate = ''] = argv
chdir(directory)
if (fate === 'removed') rmSync(directory, { recursive: true })
const updates = [{ ref: 'refs/heads/main', before, after }]
const detail = { maxCommits: 6, maxChanges: 6 }
const { refUpdates } = await readPush({ gitDir, updates, repository, actor, detail })
console.log(JSON.stringify(refUpdates[0]))
