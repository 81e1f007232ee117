import { parsePosition, type Offset, type TopicPartition } from '../../base/position.ts'
import type { LoggedOperation, Operation } from '../log/operation.ts'
import type { HeldTopic } from './held-topic.ts'

/** What is held in a read model, and what was released. */
export class HeldTopics {
  readonly #held = new Map<string, HeldTopic>()
  /** By topic and partition. */
  readonly #passedTo = new Map<string, ReadonlyMap<number, Offset>>()
  readonly #releases = new Map<string, number>()

  /** Folds the operations of one read model; releases, and deleted tenants, concern all. */
  constructor(operations: readonly LoggedOperation[], readModel: string | null) {
    for (const logged of operations) {
      const { operation } = logged
      if (operation.type === 'TopicHeld' && operation.read_model === readModel) this.#hold(logged, operation)
      if (operation.type === 'TopicReleased') this.#release(operation.topic, operation.up_to)
      // The topic of its next events begins anew.
      if (operation.type === 'TenantDeleted') this.#release(operation.topic, [])
    }
  }

  /** In the order in which they were held. */
  all(): HeldTopic[] {
    return [...this.#held.values()]
  }

  get(topic: string): HeldTopic | null {
    return this.#held.get(topic) ?? null
  }

  /** The records before this offset were released; null where none of the topic were. */
  passedTo({ topic, partition }: TopicPartition): Offset | null {
    return this.#passedTo.get(topic)?.get(partition) ?? null
  }

  /** How often the topic was released. */
  releases(topic: string): number {
    return this.#releases.get(topic) ?? 0
  }

  #hold({ at, by }: LoggedOperation, logged: Extract<Operation, { type: 'TopicHeld' }>): void {
    const { type: _, ...operation } = logged
    const position = parsePosition(operation.position)
    if (position === null || this.#held.has(operation.topic)) return
    // A projector that had not heard of the release yet: what it found was let pass.
    if (position.offset < (this.passedTo(position) ?? 0n)) return
    this.#held.set(operation.topic, { ...operation, position, heldAt: at, heldBy: by })
  }

  #release(topic: string, upTo: readonly string[]): void {
    this.#held.delete(topic)
    this.#releases.set(topic, this.releases(topic) + 1)
    const positions = upTo.map(parsePosition).filter((position) => position !== null)
    this.#passedTo.set(topic, new Map(positions.map(({ partition, offset }) => [partition, offset])))
  }
}
