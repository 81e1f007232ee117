import { z } from 'zod'
import { f32, list, map, optional, string, u64, usize, wire, words } from './scalars.ts'
import type * as parts from '../types/event-part-types.ts'

/** How far a trace can be replayed. `None` is a word, not null. */
export const Replayability = words('Replayability', ['Deterministic', 'BestEffort', 'None'])

const AdapterTrace = z
  .object({
    adapter_id: string.describe('Adapter that was loaded'),
    adapter_hash: string.describe('Hash of the adapter weights, free form'),
    merged: z.boolean().describe('Whether the adapter was merged into the base weights'),
  })
  .meta({ id: 'AdapterTrace', description: 'The adapter a local model ran with' })

const SamplerParams = z
  .object({
    temperature: f32.describe('Sampling temperature, 32-bit'),
    top_p: f32.describe('Nucleus sampling mass, 32-bit'),
    top_k: optional(usize).describe('Number of candidate tokens kept; null for no limit'),
  })
  .meta({ id: 'SamplerParams', description: 'How tokens were sampled' })

const RecallTrace = z
  .object({
    corpus_fingerprint: string.describe('Fingerprint of the corpus that was searched'),
    candidate_ids: list(string).describe('Ids of the candidates, best first'),
    candidate_scores: list(f32).describe('Scores of the candidates, 32-bit; the length is not tied to the ids'),
    injected_count: usize.describe('How many candidates went into the prompt'),
  })
  .meta({ id: 'RecallTrace', description: 'What recall gave to a local model' })

const ExecutionEnv = z
  .object({
    device: string.describe('Device, such as cpu'),
    backend: string.describe('Numeric backend, such as ndarray'),
    precision: string.describe('Numeric precision, such as f32'),
  })
  .meta({ id: 'ExecutionEnv', description: 'Where a local model ran' })

const LocalTrace = z
  .object({
    type: z.literal('Local'),
    base_model_hash: string.describe('Hash of the base model, free form'),
    adapter: optional(AdapterTrace).describe('Adapter, if one was loaded'),
    tokenizer_hash: string.describe('Hash of the tokenizer, free form'),
    seed: u64.describe('Random seed'),
    sampler: SamplerParams.describe('Sampling parameters'),
    prompt_version: string.describe('Version of the prompt template'),
    recall: optional(RecallTrace).describe('What recall gave, if it ran'),
    weights_mutated: z.boolean().describe('Whether the weights changed during the run'),
    execution_env: ExecutionEnv.describe('Where the model ran'),
  })
  .meta({ id: 'LocalTrace', description: 'Trace of a local model run, which can be replayed exactly' })

const RemoteTrace = z
  .object({
    type: z.literal('Remote'),
    provider_name: string.describe('Provider, such as anthropic'),
    provider_model_id: string.describe('Model name as the provider gives it'),
    request_fingerprint: string.describe('Fingerprint of the request, free form'),
    response_fingerprint: string.describe('Fingerprint of the response, free form'),
    temperature: f32.describe('Sampling temperature, 32-bit'),
    top_p: f32.describe('Nucleus sampling mass, 32-bit'),
    max_tokens: usize.describe('Limit of tokens in the answer'),
    provider_metadata: map(string, string).describe('What else the provider said'),
    retried: z.boolean().describe('Whether the call was retried'),
    retry_reasons: list(string).describe('Why the call was retried'),
    replayability: Replayability.describe('How far the call can be replayed'),
  })
  .meta({ id: 'RemoteTrace', description: 'Trace of a call to a remote model' })

/** docs/contract.md §5.3: how a proposal was made, so that it can be replayed. Internally tagged by `type`. */
export const ReplayTrace = wire(z.discriminatedUnion('type', [LocalTrace, RemoteTrace]), {
  form: 'internal',
  name: 'ReplayTrace',
})
export type ReplayTrace = parts.ReplayTrace
