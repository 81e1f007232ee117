import { z } from 'zod'
import { list, optional, string, u32, u64, wire, words } from './scalars.ts'
import { choiceOf } from './word-issue.ts'

const TimeoutAction = words('TimeoutAction', ['Reject', 'Approve', 'Escalate'])

const TimeoutPolicy = z
  .object({
    timeout_secs: u64.describe('Time to wait, s'),
    action: TimeoutAction.describe('What happens then'),
  })
  .meta({ id: 'TimeoutPolicy', description: 'What a gate does when nobody decides' })

const ContextItem = z
  .object({ label: string.describe('Name'), value: string.describe('Value') })
  .meta({ id: 'ContextItem', description: 'One piece of context for a decision' })

export const GateRequest = z
  .object({
    gate_id: string.describe('Gate'),
    proposal_id: string.describe('Proposal under decision'),
    summary: string.describe('What is to be decided'),
    agent_id: string.describe('Agent that asks'),
    rationale: optional(string).describe('Why it asks'),
    context_data: list(ContextItem).describe('What the human should know'),
    cycle: u32.describe('Cycle in which the gate opened'),
    requested_at: string.describe('When it was asked, as text'),
    timeout: TimeoutPolicy.describe('What happens when nobody decides'),
  })
  .meta({ id: 'GateRequest', description: 'A question to a human' })

/** docs/contract.md §6.4. */
const GateVerdict = wire(
  choiceOf([
    z.enum(['Approve']),
    z.strictObject({
      Reject: z
        .object({ reason: optional(string).describe('Why') })
        .meta({ id: 'GateReject', description: 'Rejected' }),
    }),
  ]),
  { form: 'external', name: 'GateVerdict' },
)

export const GateDecision = z
  .object({
    gate_id: string.describe('Gate; not compared with the request'),
    verdict: GateVerdict.describe('What was decided'),
    decided_by: string.describe('Who decided'),
    decided_at: string.describe('When, as text'),
  })
  .meta({ id: 'GateDecision', description: 'A decision of a human' })
