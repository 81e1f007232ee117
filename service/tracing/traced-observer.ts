import { SpanKind, type Attributes } from '@opentelemetry/api'
import type { Observer } from '../../base/observer.ts'
import { tracer } from './tracer.ts'

/**
 * Makes spans of what the observer hears of, too. What the tables are asked belongs to the request that asks; appends and batches are of
 * many requests, and belong to none.
 */
export function tracedObserver(observer: Observer): Observer {
  return {
    ...observer,
    appended: (append) => {
      observer.appended?.(append)
      const { events, bytes, seconds } = append
      addSpan('append', seconds, { kind: SpanKind.PRODUCER, root: true, attributes: { events, bytes } })
    },
    projected: (batch) => {
      observer.projected?.(batch)
      const { records, rows, duplicates, seconds } = batch
      const attributes = { records, rows, duplicates }
      addSpan('project', seconds.all, { kind: SpanKind.CONSUMER, root: true, attributes })
    },
    asked: (question, seconds) => {
      observer.asked?.(question, seconds)
      addSpan(`ask ${question}`, seconds, { kind: SpanKind.CLIENT, root: false, attributes: { question } })
    },
  }
}

interface Work {
  readonly kind: SpanKind
  /** Whether it belongs to no request. */
  readonly root: boolean
  readonly attributes: Attributes
}

/** Of work that took so long and is over now. */
function addSpan(name: string, seconds: number, work: Work): void {
  const endTime = performance.timeOrigin + performance.now()
  tracer.startSpan(name, { ...work, startTime: endTime - 1000 * seconds }).end(endTime)
}
