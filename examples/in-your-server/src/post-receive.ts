#!/usr/bin/env node
// Without `import` and `await` at the top, so that it runs whatever a package.json above the repository makes of it.
async function report() {
  const { text } = await import('node:stream/consumers')
  const body = await text(process.stdin)
  const signal = AbortSignal.timeout(10_000) // the push stands, whatever comes of this
  const answer = await fetch('http://127.0.0.1:8751/hello', { method: 'POST', body, signal })
  if (!answer.ok) throw new Error(await answer.text())
}

report().catch((error) => console.error(`webhooks: nobody is told of this push: ${error.message}`))
