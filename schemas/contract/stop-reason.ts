import { z } from 'zod'
import { list, string, u32, u64, wire, words } from './scalars.ts'
import { choiceOf } from './word-issue.ts'
import type * as parts from '../types/event-part-types.ts'

const InvariantClass = words('InvariantClass', ['Structural', 'Semantic', 'Acceptance'])
const ErrorCategory = words('ErrorCategory', ['Internal', 'Configuration', 'External', 'Resource', 'Unknown'])

const criteria = list(string).describe('Ids of the criteria')

/** docs/contract.md §6.2: why the engine stopped. Externally tagged. Not the recall stop reason. */
export const StopReason = wire(
  choiceOf([
    z.enum(['Converged', 'UserCancelled']),
    z.strictObject({
      CriteriaMet: z.object({ criteria }).meta({ id: 'CriteriaMet', description: 'All required criteria are met' }),
    }),
    z.strictObject({
      HumanInterventionRequired: z
        .object({ criteria, approval_refs: list(string).describe('Approvals that are waited for') })
        .meta({ id: 'HumanInterventionRequired', description: 'Only a human can go on' }),
    }),
    z.strictObject({
      CycleBudgetExhausted: z
        .object({ cycles_executed: u32.describe('Cycles run'), limit: u32.describe('Cycles allowed') })
        .meta({ id: 'CycleBudgetExhausted', description: 'No cycles left' }),
    }),
    z.strictObject({
      FactBudgetExhausted: z
        .object({ facts_count: u32.describe('Facts made'), limit: u32.describe('Facts allowed') })
        .meta({ id: 'FactBudgetExhausted', description: 'No facts left' }),
    }),
    z.strictObject({
      TokenBudgetExhausted: z
        .object({ tokens_consumed: u64.describe('Tokens used'), limit: u64.describe('Tokens allowed') })
        .meta({ id: 'TokenBudgetExhausted', description: 'No tokens left' }),
    }),
    z.strictObject({
      TimeBudgetExhausted: z
        .object({ duration_ms: u64.describe('Time taken, ms'), limit_ms: u64.describe('Time allowed, ms') })
        .meta({ id: 'TimeBudgetExhausted', description: 'No time left' }),
    }),
    z.strictObject({
      InvariantViolated: z
        .object({
          class: InvariantClass.describe('Class of the invariant'),
          name: string.describe('Name of the invariant'),
          reason: string.describe('How it was violated'),
        })
        .meta({ id: 'InvariantViolated', description: 'An invariant does not hold' }),
    }),
    z.strictObject({
      PromotionRejected: z
        .object({ proposal_id: string.describe('Proposal that was rejected'), reason: string.describe('Why') })
        .meta({ id: 'PromotionRejected', description: 'A proposal was not promoted' }),
    }),
    z.strictObject({
      Error: z
        .object({ message: string.describe('What went wrong'), category: ErrorCategory.describe('Kind of error') })
        .meta({ id: 'EngineError', description: 'The engine failed' }),
    }),
    z.strictObject({
      AgentRefused: z
        .object({ agent_id: string.describe('Agent that refused'), reason: string.describe('Why') })
        .meta({ id: 'AgentRefused', description: 'An agent refused to act' }),
    }),
    z.strictObject({
      HitlGatePending: z
        .object({
          gate_id: string.describe('Gate that waits'),
          proposal_id: string.describe('Proposal under decision'),
          summary: string.describe('What is to be decided'),
          agent_id: string.describe('Agent that asks'),
          cycle: u32.describe('Cycle in which the gate opened'),
        })
        .meta({ id: 'HitlGatePending', description: 'A human gate is open' }),
    }),
  ]),
  { form: 'external', name: 'StopReason' },
)
export type StopReason = parts.StopReason
