import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { emitPush } from '@posthorn/git'
import { createEmitter } from 'posthorn'

const receiver = createServer((request, response) => {
  console.log(request.method, request.headers['x-event-key'], request.headers['x-request-uuid'])
  response.end()
}).listen(8750, '127.0.0.1')
const emitter = await createEmitter({
  site: { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' },
  addresses: { allow: ['127.0.0.0/8'] }, // without it, only public addresses are reached
})

const uuid = '3deb8c29-778a-450c-8f69-3e50a18079df'
const owner = { uuid, id: 1, name: 'demo', displayName: 'Demo' }
const project = { uuid, id: 1, key: 'DEMO', name: 'Demo' }
const workspace = { uuid, slug: 'demo', name: 'Demo' }
const repository = { uuid, id: 1, slug: 'hello', name: 'hello', isPrivate: false, owner, project, workspace }
const subject = { type: 'repository', id: uuid } as const
await emitter.subscriptions.create({ subject, url: 'http://127.0.0.1:8750/hook' })

// `updates` are the lines of a post-receive hook. Here: the repository of this folder, as if it was just pushed.
const output = execFileSync('git', ['rev-parse', '--absolute-git-dir', 'HEAD'], { encoding: 'utf8' })
const [gitDir = '', after = ''] = output.split('\n')
const updates = [{ ref: 'refs/heads/main', before: '0'.repeat(after.length), after }]
await emitPush(emitter, { gitDir, updates, repository, actor: owner })
await emitter.idle()
await emitter.stop()
receiver.close()
