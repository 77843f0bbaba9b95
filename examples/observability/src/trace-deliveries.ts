import { tracingChannel } from 'node:diagnostics_channel'
import { type Span, type SpanContext, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api'
import type { AttemptTrace, EmitTrace } from 'posthorn'

/** Events whose span is remembered, so that the attempts they lead to can be linked to it. */
const maxEvents = 10_000

const ignore = (): void => {}

/** Makes a span of each emit and of each attempt of this process. Returns the way to end that. */
export function traceDeliveries(tracer: Tracer): () => void {
  const spans = new WeakMap<object, Span>()
  const emits = new Map<string, SpanContext>()
  const emitChannel = tracingChannel<unknown, EmitTrace>('posthorn:emit')
  const attemptChannel = tracingChannel<unknown, AttemptTrace>('posthorn:attempt')

  const emitSteps = {
    start(emit: EmitTrace) {
      const attributes = { 'posthorn.event.key': emit.eventKey, 'posthorn.depth': emit.depth }
      spans.set(emit, tracer.startSpan(`emit ${emit.eventKey}`, { kind: SpanKind.PRODUCER, attributes }))
    },
    asyncEnd(emit: EmitTrace) {
      const span = spans.get(emit)
      if (emit.result === undefined) span?.setStatus({ code: SpanStatusCode.ERROR })
      else {
        const { eventId, deliveries } = emit.result
        span?.setAttributes({ 'posthorn.event.id': eventId, 'posthorn.delivery.count': deliveries.length })
        if (span !== undefined) emits.set(eventId, span.spanContext())
        const [oldest] = emits.keys()
        if (emits.size > maxEvents && oldest !== undefined) emits.delete(oldest)
      }
      span?.end()
    },
    end: ignore,
    asyncStart: ignore,
    error: ignore,
  }

  const attemptSteps = {
    start(attempt: AttemptTrace) {
      const { delivery, attemptNumber } = attempt
      const emitted = emits.get(delivery.body.eventId)
      const span = tracer.startSpan(`deliver ${delivery.eventKey}`, {
        kind: SpanKind.CLIENT,
        links: emitted === undefined ? [] : [{ context: emitted }],
        attributes: {
          'posthorn.delivery.id': delivery.deliveryId,
          'posthorn.subscription.id': delivery.subscriptionId,
          'posthorn.attempt.number': attemptNumber,
          'server.address': new URL(delivery.lane).hostname,
        },
      })
      spans.set(attempt, span)
    },
    asyncEnd(attempt: AttemptTrace) {
      const span = spans.get(attempt)
      const outcome = attempt.result?.outcome
      if (outcome?.kind === 'answered') span?.setAttribute('http.response.status_code', outcome.status)
      if (outcome?.word !== 'http.2xx') {
        span?.setAttribute('error.type', outcome?.word ?? 'engine-fault')
        span?.setStatus({ code: SpanStatusCode.ERROR })
      }
      span?.end()
    },
    end: ignore,
    asyncStart: ignore,
    error: ignore,
  }

  emitChannel.subscribe(emitSteps)
  attemptChannel.subscribe(attemptSteps)
  return () => {
    emitChannel.unsubscribe(emitSteps)
    attemptChannel.unsubscribe(attemptSteps)
  }
}
