import { z } from 'zod'
import { ReplayTrace } from './replay-trace.ts'
import { f32, json, list, optional, string, words } from './scalars.ts'

const ProposalKind = words('ProposalKind', [
  'Claims',
  'Plan',
  'Classification',
  'Evaluation',
  'DraftDocument',
  'Reasoning',
])

export const ContractResult = z
  .object({
    name: string.describe('Name of the contract'),
    passed: z.boolean().describe('Whether it holds'),
    failure_reason: optional(string).describe('Why it does not; independent of passed'),
  })
  .meta({ id: 'ContractResult', description: 'Result of one contract check' })

export const KernelProposal = z
  .object({
    id: string.describe('Id of the proposal'),
    kind: ProposalKind.describe('What is proposed'),
    payload: string.describe('Proposal as text'),
    structured_payload: optional(json).describe('Proposal as JSON text: key order and number kinds are kept'),
    trace_link: ReplayTrace.describe('How the proposal was made'),
    contract_results: list(ContractResult).describe('Checks that were run on it'),
    requires_human: z.boolean().describe('Whether a human must approve'),
    confidence: optional(f32).describe('Confidence, 32-bit, not range-checked'),
  })
  .meta({ id: 'KernelProposal', description: 'A proposal as the kernel makes it' })
