import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import * as words from '../../../projections/events/event-enumerations.ts'
import { ArtifactKind, ArtifactState, Severity } from '../../../schemas/contract/artifact.ts'
import { DecisionStep } from '../../../schemas/contract/decision-step.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'
import { BudgetResource, HypothesisOutcome } from '../../../schemas/contract/experience-event.ts'
import { GateVerdict, TimeoutAction } from '../../../schemas/contract/gate.ts'
import { ProposalKind } from '../../../schemas/contract/kernel-proposal.ts'
import { PolicySnapshot } from '../../../schemas/contract/policy-snapshot.ts'
import { RecallStopReason, RecallUse } from '../../../schemas/contract/recall.ts'
import { Replayability, ReplayTrace } from '../../../schemas/contract/replay-trace.ts'
import { StopReason } from '../../../schemas/contract/stop-reason.ts'

type Member = z.ZodEnum | z.ZodObject

/** The words of an enum of the contract: of a plain one, of the variants of a union, or of the tags of one. */
function wordsOf(schema: z.ZodEnum | z.ZodUnion | z.ZodDiscriminatedUnion): string[] {
  if ('options' in schema && schema.def.type === 'enum') return (schema as z.ZodEnum).options.map(String)
  const members = (schema as z.ZodUnion).options as unknown as readonly Member[]
  return members.flatMap((member) => {
    if (member.def.type === 'enum') return (member as z.ZodEnum).options.map(String)
    const { shape } = member as z.ZodObject
    const tag = shape['type'] as z.ZodLiteral<string> | undefined
    return tag?.def.type === 'literal' ? [tag.value] : Object.keys(shape)
  })
}

describe('enumerations of the table of events', () => {
  test.each([
    ['kinds', words.storedKinds, [...eventKinds]],
    ['steps', words.steps, wordsOf(DecisionStep)],
    ['stop reasons', words.stopReasons, [...wordsOf(StopReason), ...wordsOf(RecallStopReason)]],
    ['proposal kinds', words.proposalKinds, wordsOf(ProposalKind)],
    ['trace types', words.traceTypes, wordsOf(ReplayTrace)],
    ['replayabilities', words.replayabilities, wordsOf(Replayability)],
    ['recall purposes', words.recallPurposes, wordsOf(RecallUse)],
    ['artifact states', words.artifactStates, wordsOf(ArtifactState)],
    ['artifact kinds', words.artifactKinds, wordsOf(ArtifactKind)],
    ['severities', words.severities, wordsOf(Severity)],
    ['budget resources', words.budgetResources, wordsOf(BudgetResource)],
    ['policy types', words.policyTypes, wordsOf(PolicySnapshot)],
    ['hypothesis outcomes', words.hypothesisOutcomes, wordsOf(HypothesisOutcome)],
    ['gate verdicts', words.gateVerdicts, wordsOf(GateVerdict)],
    ['timeout actions', words.timeoutActions, wordsOf(TimeoutAction)],
  ])('hold all words of the contract: %s', (_, stored, contract) => {
    expect(new Set<string>(stored)).toEqual(new Set(contract))
  })
})
