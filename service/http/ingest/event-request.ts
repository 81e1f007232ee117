import type { FastifyRequest } from 'fastify'
import type { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import type { EventForm } from './event-form.ts'
import type { IngestPass } from './ingest-gate.ts'

/** A request with events. */
export interface EventRequest {
  readonly request: FastifyRequest
  readonly form: EventForm
  readonly pass: IngestPass
  /** What one body, line or record may take. */
  readonly maxBytes: number
  readonly decoders: EnvelopeDecoders
  /** Error: 401 where the key was revoked or has expired since the request began. */
  readonly checkStillIn: () => void
  /** Aborts when nothing more should be waited for. */
  readonly ended: AbortSignal
}
