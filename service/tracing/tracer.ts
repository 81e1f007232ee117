import { trace, type Tracer } from '@opentelemetry/api'
import { packageVersion } from '../package-version.ts'

/** Makes spans where the user has registered an SDK of OpenTelemetry, and otherwise does nothing. */
export const tracer: Tracer = trace.getTracer('experience-log', packageVersion())
