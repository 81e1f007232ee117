import { partitionText } from '../../../base/position.ts'
import { NEVER, pause } from '../../../base/waiting.ts'
import { CommitGathering, type CommitAnswer, type CommitOutcome } from '../../commit-gathering.ts'
import type { CommittedOffset } from '../../group-consumer.ts'
import type { KafkaBroker } from '../client/kafka-broker.ts'
import { groupByTopic } from '../client/partition-groups.ts'
import { kafkaFailure, type Asking } from '../client/kafka-failure.ts'
import { hasFlag } from '../client/error-flags.ts'
import { errorOfCode, lenient } from '../client/lenient-broker.ts'
import { inParts } from '../client/request-parts.ts'
import { refusalOf, topicRight } from '../client/right-missing.ts'

/** Under which membership commits are made. */
export interface CommitIdentity {
  readonly groupId: string
  readonly memberId: string
  readonly groupGenerationId: number
}

const COMMIT_TRIES = 6
/** Where only some of the commits are refused: a coordinator may learn of a new topic a moment later than others. */
const TRIES_FOR_SOME = 2
const COMMIT_RETRY_MS = 250
/** What a commit takes beside its texts. Kafka writes those of a request as one batch of records, of 1 MiB at most by default. */
const COMMIT_BYTES = 80

export interface GroupCommitsParts {
  readonly identity: CommitIdentity
  /** Asks the coordinator, or whoever it is by then. */
  readonly ask: <Answer>(request: (coordinator: KafkaBroker) => Promise<Answer>) => Promise<Answer>
  readonly asking: Asking
  /** Told of a request that was sent and got no answer, which then is not sent again; null where it is. */
  readonly unanswered: (() => void) | null
}

/** The commits of one membership of a group: those that are made together go to the group's coordinator together. */
export class GroupCommits {
  readonly #parts: GroupCommitsParts
  readonly #gathering = new CommitGathering<CommittedOffset>((commits) => this.#commit(commits))

  constructor(parts: GroupCommitsParts) {
    this.#parts = parts
  }

  /** Answers `fenced` where the membership is over. Errors: `Unavailable`, `StorageError`. */
  commit(commit: CommittedOffset): Promise<CommitAnswer> {
    return this.#gathering.commit(commit)
  }

  async #commit(commits: readonly CommittedOffset[]): Promise<CommitOutcome[]> {
    const outcomes: CommitOutcome[] = []
    // One after the other: a coordinator takes them in the order in which they come.
    const bytesOf = ({ topic, metadata }: CommittedOffset): number =>
      COMMIT_BYTES + this.#parts.identity.groupId.length + topic.length + Buffer.byteLength(metadata)
    for (const part of inParts(commits, bytesOf)) outcomes.push(...(await this.#commitPart(part)))
    return outcomes
  }

  /** Asks again where it was not asked, or the answer is "not now". */
  async #commitPart(commits: readonly CommittedOffset[]): Promise<CommitOutcome[]> {
    const { unanswered, asking } = this.#parts
    for (let tries = 1; ; tries++) {
      const isLast = tries === COMMIT_TRIES
      let isSent = false
      try {
        const outcomes = await this.#commitOnce(commits, () => {
          isSent = true
        })
        // What only some are refused for, such as a topic that was deleted, must not hold up the others for long.
        const isOfAll = outcomes.every(isTransient)
        if (isLast || !outcomes.some(isTransient) || (!isOfAll && tries === TRIES_FOR_SOME)) return outcomes
      } catch (error) {
        const failure = kafkaFailure(error, this.#doing, asking)
        if (isSent) unanswered?.()
        if (!failure.retryable || isLast || (isSent && unanswered !== null)) throw failure
      }
      await pause(COMMIT_RETRY_MS, NEVER)
    }
  }

  async #commitOnce(commits: readonly CommittedOffset[], sent: () => void): Promise<CommitOutcome[]> {
    const { ask, identity } = this.#parts
    const topics = groupByTopic(commits, ({ partition, offset, metadata }) => ({
      partition,
      offset: offset.toString(),
      metadata,
    }))
    const { responses }: CommitResponse = await ask((coordinator) => {
      sent()
      return lenient(coordinator).offsetCommit({ ...identity, topics })
    })
    const codes = new Map<string, number>()
    for (const { topic, partitions } of responses) {
      for (const { partition, errorCode } of partitions) codes.set(partitionText({ topic, partition }), errorCode)
    }
    return commits.map((commit) => this.#outcome(commit, codes.get(partitionText(commit))))
  }

  #outcome({ topic }: CommittedOffset, code: number | undefined): CommitOutcome {
    const error = code === undefined ? new Error('the coordinator left a commit unanswered') : errorOfCode(code)
    if (error === undefined) return { status: 'fulfilled', value: 'committed' }
    if (hasFlag((error as { readonly type?: string }).type, 'fenced')) return { status: 'fulfilled', value: 'fenced' }
    const reason = kafkaFailure(refusalOf(error, topicRight('Read', topic)), this.#doing, this.#parts.asking)
    return { status: 'rejected', reason }
  }

  get #doing(): string {
    return `commit to consumer group ${this.#parts.identity.groupId}`
  }
}

interface CommitResponse {
  readonly responses: readonly {
    readonly topic: string
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

function isTransient(outcome: CommitOutcome): boolean {
  return outcome.status === 'rejected' && (outcome.reason as { readonly retryable?: boolean }).retryable === true
}
