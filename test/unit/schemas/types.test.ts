import type { z } from 'zod'
import { expect, test } from 'vitest'
import { committedTypes, typeFiles } from '../../../build/generate-types.ts'
import type * as contract from '../../../schemas/contract/envelope.ts'
import type * as questions from '../../../schemas/contract/event-query.ts'
import type { ExperienceEventEnvelopeInput } from '../../../schemas/types/event-input-types.ts'
import type { ExperienceEventEnvelope } from '../../../schemas/types/event-types.ts'
import type { EventQuery, EventQueryInput } from '../../../schemas/types/query-types.ts'

type EnvelopeSchema = typeof contract.ExperienceEventEnvelope
type QuerySchema = typeof questions.EventQuery

type Assignable<From extends To, To> = From

/** What the compiler is to find true: the types are those of the schemas. */
export type Checked = [
  Assignable<ExperienceEventEnvelope, z.output<EnvelopeSchema>>,
  Assignable<z.output<EnvelopeSchema>, ExperienceEventEnvelope>,
  Assignable<ExperienceEventEnvelopeInput, z.input<EnvelopeSchema>>,
  Assignable<z.input<EnvelopeSchema>, ExperienceEventEnvelopeInput>,
  Assignable<EventQuery, z.output<QuerySchema>>,
  Assignable<z.output<QuerySchema>, EventQuery>,
  Assignable<EventQueryInput, z.input<QuerySchema>>,
  Assignable<z.input<QuerySchema>, EventQueryInput>,
]

test('schemas/types says what the schemas say (npm run schemas:generate writes it)', async () => {
  expect(committedTypes()).toEqual(await typeFiles())
})

test('every field of a type has its text, for editors to show', () => {
  for (const [name, text] of committedTypes()) {
    const lines = text.split('\n')
    const fields = lines.flatMap((line, index) => (/^ {2}\w+\??: (?!'\w+'$)/.test(line) ? [index] : []))
    const bare = fields.filter((index) => !/^ {2}\/\*\* \S.* \*\/$/.test(lines[index - 1] ?? ''))
    expect({ name, bare: bare.map((index) => lines[index]) }).toEqual({ name, bare: [] })
  }
  expect(committedTypes().get('event-types.ts')).toContain('  /** Cost, µ$ */\n  cost_microdollars: bigint | null')
})
