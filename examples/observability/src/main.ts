import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createEmitter, type Logger } from 'posthorn'
import { Registry } from 'prom-client'
import { measureDeliveries } from './measure-deliveries.ts'
import { push, subject } from './push.ts'
import { traceDeliveries } from './trace-deliveries.ts'

// One receiver accepts, one fails at first, one is gone.
const answers = new Map([
  ['/ok', [200]],
  ['/busy', [503, 200]],
  ['/gone', [410]],
])
const receiver = createServer((request, response) => {
  response.statusCode = answers.get(request.url ?? '')?.shift() ?? 404
  response.end()
}).listen(0, '127.0.0.1')
await once(receiver, 'listening')
const { port } = receiver.address() as AddressInfo

const exporter = new InMemorySpanExporter()
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
const endTracing = traceDeliveries(provider.getTracer('posthorn'))
const registry = new Registry()
const warnings: string[] = []
const logger: Logger = {
  warn(fields, message) {
    warnings.push(message)
    console.warn(message, fields)
  },
}

const emitter = await createEmitter({
  site: { htmlUrl: 'https://git.example.com', apiUrl: 'https://git.example.com/2.0' },
  addresses: { allow: ['127.0.0.0/8'] },
  retry: { delaysMs: [0, 10] },
  logger,
})
measureDeliveries(emitter, registry)
for (const path of answers.keys()) {
  await emitter.subscriptions.create({ subject, url: `http://127.0.0.1:${port}${path}` })
}
const { eventId } = await emitter.emit(push)
await emitter.idle()
const metrics = await registry.metrics()
await emitter.stop()
endTracing()
receiver.close()

console.log(metrics)
for (const line of [
  'posthorn_attempts_total{word="http.2xx"} 2',
  'posthorn_attempts_total{word="http.5xx"} 1',
  'posthorn_attempts_total{word="http.4xx"} 1',
  'posthorn_attempt_duration_seconds_count 4',
  'posthorn_deliveries_total{state="delivered",reason="none"} 2',
  'posthorn_deliveries_total{state="exhausted",reason="attempts"} 1',
  'posthorn_delivery_lag_seconds_count 2',
  'posthorn_subscriptions_disabled_total{reason="gone"} 1',
  'posthorn_deliveries{state="pending"} 0',
  'posthorn_oldest_due_age_seconds 0',
]) {
  assert.ok(metrics.split('\n').includes(line), `the metrics lack ${line}`)
}

const [emitSpan, ...attemptSpans] = exporter.getFinishedSpans()
assert.equal(emitSpan?.name, 'emit repo:push')
assert.equal(emitSpan.attributes['posthorn.event.id'], eventId)
assert.deepEqual(
  new Set(attemptSpans.map(({ attributes }) => attributes['http.response.status_code'])),
  new Set([200, 410, 503]),
)
assert.equal(attemptSpans.length, 4)
for (const { name, links } of attemptSpans) {
  assert.equal(name, 'deliver repo:push')
  assert.deepEqual(
    links.map(({ context }) => context.spanId),
    [emitSpan.spanContext().spanId],
  )
}
assert.deepEqual(warnings, ['delivery exhausted', 'subscription disabled'])
console.log(`${attemptSpans.length} attempts, each with a span that is linked to that of its emit.`)
