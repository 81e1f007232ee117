import { describe, expect, test } from 'vitest'
import * as words from '../../../projections/events/event-enumerations.ts'
import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { wireFormOf, type WireForm } from '../../../schemas/wire-form.ts'

const contract = new Map(namedWords(wireFormOf(ExperienceEventEnvelope)))

/** The words of every enum and union of the contract, under its name. */
function* namedWords(form: WireForm): Generator<[name: string, words: readonly string[]]> {
  switch (form.form) {
    case 'words':
      yield [form.name, form.words]
      break
    case 'array':
      yield* namedWords(form.item)
      break
    case 'map':
      yield* namedWords(form.value)
      break
    case 'struct':
      for (const field of form.fields) yield* namedWords(field.form)
      break
    case 'adjacent':
    case 'internal':
      yield [form.name, [...form.variants.keys()]]
      for (const variant of form.variants.values()) yield* namedWords(variant)
      break
    case 'external':
      yield [form.name, [...form.words, ...form.variants.keys()]]
      for (const variant of form.variants.values()) yield* namedWords(variant)
      break
    case 'string':
    case 'boolean':
    case 'u32':
    case 'u64':
    case 'f32':
    case 'f64':
    case 'hash':
    case 'json':
  }
}

describe('enumerations of the table of events', () => {
  test.each([
    ['kinds', words.storedKinds, ['ExperienceEvent']],
    ['steps', words.steps, ['DecisionStep']],
    ['stop reasons', words.stopReasons, ['StopReason', 'RecallStopReason']],
    ['proposal kinds', words.proposalKinds, ['ProposalKind']],
    ['trace types', words.traceTypes, ['ReplayTrace']],
    ['replayabilities', words.replayabilities, ['Replayability']],
    ['recall purposes', words.recallPurposes, ['RecallUse']],
    ['artifact states', words.artifactStates, ['ArtifactState']],
    ['artifact kinds', words.artifactKinds, ['ArtifactKind']],
    ['severities', words.severities, ['Severity']],
    ['budget resources', words.budgetResources, ['BudgetResource']],
    ['policy types', words.policyTypes, ['PolicySnapshot']],
    ['hypothesis outcomes', words.hypothesisOutcomes, ['HypothesisOutcome']],
    ['gate verdicts', words.gateVerdicts, ['GateVerdict']],
    ['timeout actions', words.timeoutActions, ['TimeoutAction']],
  ])('hold all words of the contract: %s', (_, stored, names) => {
    expect(new Set<string>(stored)).toEqual(new Set(names.flatMap((name) => contract.get(name) ?? [])))
  })
})
