import { expect, test } from 'vitest'
import { compilePrinter } from '../../../schemas/avro/printer/compile-printer.ts'
import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { structFormOf } from '../../../schemas/wire-form.ts'

const form = structFormOf(ExperienceEventEnvelope)

test('tells what stands at each path', () => {
  const { leaves } = compilePrinter(form, [
    'event_id',
    'event.OutcomeRecorded',
    'event.OutcomeRecorded.stop_reason.type',
    'event.ProposalCreated.proposal.contract_results.count',
    'event.ProposalCreated.proposal.contract_results.passed.falses',
    'event.ProposalCreated.proposal.confidence',
    'event.ProposalCreated.proposal.trace_link.type',
  ])
  expect(leaves.map(({ leaf }) => leaf)).toEqual(['text', 'struct', 'word', 'count', 'count', 'f32', 'word'])
  expect(leaves.at(-1)).toEqual({ leaf: 'word', words: ['Local', 'Remote'] })
})

test.each(['event.OutcomeRecorded.nothing', 'event.Outcome.tokens', 'event_id.x', 'event.OutcomeRecorded.metadata'])(
  'refuses a path at which nothing stands: %s',
  (path) => {
    expect(() => compilePrinter(form, [path])).toThrow(new TypeError(`nothing stands at ${path}`))
  },
)
