import { partitionText, positionText, type Position } from '../base/position.ts'
import type { HttpClientSettings } from './client-options.ts'

/** What servers and what is between take of a header, with room for the others, bytes. */
const MOST_HEADER_BYTES = 8 << 10

/** How a question says what its answer has to see. */
export interface Seeing {
  readonly headers: Readonly<Record<string, string>>
  readonly query: { readonly consistency: HttpClientSettings['consistency'] }
}

/** Keeps where the events of one client stand, so that its questions see them. */
export class OwnWrites {
  readonly #consistency: HttpClientSettings['consistency']
  /** The last position in each partition that an answer may not have seen yet. */
  readonly #last = new Map<string, Position>()
  /** The last append of which nobody knows where it stands. */
  #unknown: symbol | null = null

  constructor(consistency: HttpClientSettings['consistency']) {
    this.#consistency = consistency
  }

  add(position: Position): void {
    const partition = partitionText(position)
    const known = this.#last.get(partition)
    if (known === undefined || known.offset < position.offset) this.#last.set(partition, position)
  }

  /** An append failed, and the log may have it all the same: the next answers see all that the log has. */
  addUnknown(): void {
    this.#unknown = Symbol('append')
  }

  /** Asks once an answer has to see what was added so far. */
  async asking<Answer>(tenant: string | null, ask: (seeing: Seeing) => Promise<Answer>): Promise<Answer> {
    if (this.#consistency !== 'read-your-writes') return ask(seeing(this.#consistency))
    const asked = [...this.#last.values()]
    const unknown = this.#unknown
    const answer = await ask(this.#seeing(asked))
    // What is projected stays so. A question about one tenant waits for that tenant's topic alone.
    if (tenant === null) {
      this.#forget(asked)
      if (this.#unknown === unknown) this.#unknown = null
    }
    return answer
  }

  #seeing(positions: readonly Position[]): Seeing {
    const header = positions.map(positionText).join(',')
    // So many partitions are most of the log.
    if (this.#unknown !== null || header.length > MOST_HEADER_BYTES) return seeing('latest')
    if (header === '') return seeing('eventual')
    return seeing('read-your-writes', { 'experience-position': header })
  }

  #forget(seen: readonly Position[]): void {
    for (const position of seen) {
      const partition = partitionText(position)
      if (this.#last.get(partition) === position) this.#last.delete(partition)
    }
  }
}

function seeing(consistency: HttpClientSettings['consistency'], headers: Seeing['headers'] = {}): Seeing {
  return { headers, query: { consistency } }
}
