import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type ContextManager,
  type Span,
  type SpanContext,
  type SpanOptions,
  type SpanStatus,
  type TextMapPropagator,
  type TimeInput,
  type Tracer,
} from '@opentelemetry/api'

/** A span that has ended. */
export interface RecordedSpan {
  readonly name: string
  readonly options: SpanOptions
  readonly own: SpanContext
  readonly parent: SpanContext | null
  readonly attributes: Attributes
  readonly status: SpanStatus | null
  readonly endTime: TimeInput | undefined
}

/** What a user's SDK would do, as far as spans, contexts and `traceparent` go. Registers itself for the whole process; `stop` ends that. */
export function recordSpans(): { readonly spans: RecordedSpan[]; readonly stop: () => void } {
  const spans: RecordedSpan[] = []
  trace.setGlobalTracerProvider({ getTracer: () => recordingTracer(spans) })
  context.setGlobalContextManager(contextManager())
  propagation.setGlobalPropagator(traceparent)
  const stop = (): void => {
    trace.disable()
    context.disable()
    propagation.disable()
  }
  return { spans, stop }
}

function recordingTracer(spans: RecordedSpan[]): Tracer {
  let made = 0
  const startSpan: Tracer['startSpan'] = (name, options = {}, within = context.active()) => {
    const parent = options.root === true ? null : (trace.getSpanContext(within) ?? null)
    const spanId = (++made).toString(16).padStart(16, '0')
    const own = { traceId: parent?.traceId ?? spanId.padStart(32, 'f'), spanId, traceFlags: TraceFlags.SAMPLED }
    const attributes: Attributes = { ...options.attributes }
    let status: SpanStatus | null = null
    const span: Span = {
      spanContext: () => own,
      setAttribute: (key, value) => {
        attributes[key] = value
        return span
      },
      setStatus: (given) => {
        status = given
        return span
      },
      end: (endTime) => void spans.push({ name, options, own, parent, attributes, status, endTime }),
      isRecording: () => true,
      setAttributes: () => span,
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      updateName: () => span,
      recordException: () => {},
    }
    return span
  }
  return {
    startSpan,
    startActiveSpan: () => {
      throw new Error('nobody begins one so')
    },
  }
}

function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (within, run, self, ...args) => storage.run(within, () => run.apply(self, args)),
    bind: (_within, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

const traceparent: TextMapPropagator = {
  inject: () => {},
  extract: (within, carrier, getter) => {
    const [, traceId, spanId] =
      /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? []
    if (traceId === undefined || spanId === undefined) return within
    return trace.setSpanContext(within, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true })
  },
  fields: () => ['traceparent'],
}
