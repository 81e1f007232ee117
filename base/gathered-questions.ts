export interface GatheredOptions<Key, Answer> {
  /** Keys of one request at most. */
  readonly most: number
  /** Answers for each of the keys. An error as an answer is that key's alone; one that is thrown is that of all. */
  readonly ask: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Answer | Error>>
}

interface Question<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Asks for many things with few requests: what comes in one turn of the event loop, or while a request is under way, goes together in the
 * next one. Who asks for what waits to be asked gets the same answer.
 */
export class GatheredQuestions<Key, Answer> {
  readonly #options: GatheredOptions<Key, Answer>
  readonly #waiting = new Map<Key, Question<Answer>[]>()
  #isAsking = false

  constructor(options: GatheredOptions<Key, Answer>) {
    this.#options = options
  }

  /** The answer for the key, by a request that begins after this. */
  ask(key: Key): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const questions = this.#waiting.get(key) ?? []
      questions.push({ resolve, reject })
      this.#waiting.set(key, questions)
      if (!this.#isAsking) void this.#askAll()
    })
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    await Promise.resolve()
    while (this.#waiting.size > 0) {
      const taken = [...this.#waiting].slice(0, this.#options.most)
      for (const [key] of taken) this.#waiting.delete(key)
      await this.#askFor(taken)
    }
    this.#isAsking = false
  }

  async #askFor(taken: readonly (readonly [Key, readonly Question<Answer>[]])[]): Promise<void> {
    try {
      const answers = await this.#options.ask(taken.map(([key]) => key))
      for (const [key, questions] of taken) {
        const answer = answers.get(key)
        if (answer === undefined) throw new TypeError('a request was answered for some of its keys only')
        for (const { resolve, reject } of questions) {
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
      }
    } catch (error) {
      for (const [, questions] of taken) for (const { reject } of questions) reject(error)
    }
  }
}
