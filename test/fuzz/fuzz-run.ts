import type { OpenApiDocument } from '../../service/http/document/open-api-document.ts'
import { Random } from '../conformance/random.ts'
import { malformedRequest, type Target } from './malformed-requests.ts'
import { RequestMutator, type Keys } from './mutated-requests.ts'
import { parseAnswers, type RawAnswer } from './parse-answers.ts'
import { exchange } from './raw-exchange.ts'
import type { ServedProcess } from '../served-process.ts'
import type { StoredSamples } from './stored-samples.ts'

/** How many ask at once. */
const WORKERS = 32
/** Once in so many requests the process has to answer a good one. */
const LOOK_EVERY = 250
/** How often memory is looked at in a run. */
const SAMPLES = 10
/** Of the problems that were found, so many are told. */
const MOST_TOLD = 20
/** How many requests are malformed as HTTP, of a hundred. */
const MALFORMED_PERCENT = 40

export interface FuzzOptions {
  readonly requests: number
  readonly seed: number
}

/** What a run found. */
export class FuzzRun {
  /** How many answers had each status; `none` where the connection ended without one. */
  readonly answers: Record<string, number> = {}
  readonly problems: string[] = []
  /** Memory that was the process's own, MiB, at each tenth of the run. */
  readonly ownMib: number[] = []
  readonly #served: ServedProcess
  readonly #samples: StoredSamples
  readonly #mutator: RequestMutator
  readonly #target: Omit<Target, 'envelope'>
  readonly #corpus: readonly string[]
  #sent = 0

  constructor(
    served: ServedProcess,
    document: OpenApiDocument,
    keys: Keys,
    corpus: readonly string[],
    samples: StoredSamples,
  ) {
    this.#served = served
    this.#samples = samples
    this.#corpus = corpus
    this.#mutator = new RequestMutator(document, keys, corpus)
    this.#target = { authorization: `Bearer ${keys.events}` }
  }

  /** Sends all requests. Each is made of the seed and its number alone, so that it can be sent again. */
  async run({ requests, seed }: FuzzOptions): Promise<void> {
    await Promise.all(
      Array.from({ length: WORKERS }, async () => {
        while (this.#sent < requests && this.#served.isAlive && this.problems.length < MOST_TOLD) {
          const number = this.#sent++
          await this.#send(number, new Random(Math.imul(seed, 0x9e37_79b1) ^ number))
          if (number % LOOK_EVERY === 0) await this.#look(number)
          if (number % Math.ceil(requests / SAMPLES) === 0 && this.#served.isAlive)
            this.ownMib.push(this.#served.memory().own)
        }
      }),
    )
  }

  async #send(number: number, random: Random): Promise<void> {
    if (random.below(100) < MALFORMED_PERCENT) {
      const { name, request } = malformedRequest({ ...this.#target, envelope: random.pick(this.#corpus) }, random)
      this.#judge(`${number} (${name})`, await exchange(this.#served.port, request), false)
      return
    }
    const { method, path, request, isEndless } = this.#mutator.next(random)
    const name = `${number} (${method} ${path}: ${request.chunks[0]!.toString('latin1').slice(0, 300)})`
    const answers = this.#judge(name, await exchange(this.#served.port, request), !isEndless)
    if (answers.length === 0 && !isEndless) this.#problem(name, 'no answer')
  }

  #judge(name: string, bytes: Buffer, mustBeWhole: boolean): RawAnswer[] {
    try {
      const answers = parseAnswers(bytes)
      if (answers.length === 0) this.#count('none')
      for (const answer of answers) {
        this.#count(String(answer.status))
        const fault = faultOf(answer) ?? (mustBeWhole && !answer.isWhole ? 'a part of an answer' : null)
        if (fault !== null) this.#problem(name, fault)
      }
      return answers
    } catch (error) {
      this.#problem(name, String(error))
      return []
    }
  }

  async #look(number: number): Promise<void> {
    const fault = await this.#samples.append(number).catch(String)
    if (fault !== null) this.#problem(`${number} (a good request)`, fault)
  }

  #count(status: string): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1
  }

  #problem(name: string, fault: string): void {
    if (this.problems.length < MOST_TOLD) this.problems.push(`${name}: ${fault}`)
  }
}

/** What is wrong with an answer by itself. */
function faultOf({ status, headers, body, isWhole }: RawAnswer): string | null {
  if (status < 400) return null
  if (status >= 500 && status !== 503) return `${status}: ${body}`
  if (!isWhole) return null
  if (!(headers.get('content-type') ?? '').startsWith('application/json'))
    return `${status} is not JSON: ${body.slice(0, 200)}`
  if (status === 503 && body.startsWith('{"status":"not ready"')) return null
  return isErrorBody(body) ? null : `${status} has not the form of an error: ${body.slice(0, 200)}`
}

/** Errors of many events are told one by one. */
function isErrorBody(body: string): boolean {
  try {
    const told = JSON.parse(body) as { readonly error?: Record<string, unknown>; readonly errors?: unknown }
    if (Array.isArray(told.errors)) return true
    const { code, message, field } = told.error ?? {}
    return typeof code === 'string' && typeof message === 'string' && (field === null || typeof field === 'string')
  } catch {
    return false
  }
}
