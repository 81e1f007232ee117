import { trace, type Tracer } from '@opentelemetry/api'
import { ownManifest } from '../../base/own-package.ts'

/** Makes spans where the user has registered an SDK of OpenTelemetry, and otherwise does nothing. */
export const tracer: Tracer = trace.getTracer('experience-log', ownManifest().version)
