import { expect, test } from 'vitest'
import { parseGitRoute } from '../src/server/git-route.ts'

test.for([
  ['GET', 'info/refs?service=git-receive-pack', false],
  ['POST', 'git-upload-pack', false],
  ['POST', 'git-receive-pack', true],
] as const)('%s of %s is a request of a Git client', ([method, resource, isPush]) => {
  const [path, query = ''] = `/demo/hello-2.0_x.git/${resource}`.split('?')
  expect(parseGitRoute(method, `/demo/hello-2.0_x.git/${resource}`)).toEqual({
    repository: 'demo/hello-2.0_x',
    path,
    query,
    isPush,
  })
})

test.for([
  ['POST', '/demo/hello.git/info/refs'],
  ['GET', '/demo/hello.git/git-receive-pack'],
  ['GET', '/demo/hello.git/HEAD'],
  ['GET', '/demo/hello.git/config'],
  ['GET', '/demo/hello/info/refs'],
  ['GET', '/hello.git/info/refs'],
  ['GET', '//hello.git/info/refs'],
  ['GET', '/a/demo/hello.git/info/refs'],
  ['GET', '/demo/hello.git/x.git/info/refs'],
  ['GET', '/../hello.git/info/refs'],
  ['GET', '/demo/..git/info/refs'],
  ['GET', '/demo/../demo/hello.git/info/refs'],
  ['GET', '/demo/%2e%2e.git/info/refs'],
  ['GET', '/demo/-hello.git/info/refs'],
  ['GET', '/demo/hello\\x.git/info/refs'],
  ['GET', '/demo/hello.git/info/refs\n'],
  ['GET', 'http://example.com/demo/hello.git/info/refs'],
  ['GET', undefined],
] as const)('%s of %s is none', ([method, url]) => {
  expect(parseGitRoute(method, url)).toBeNull()
})
