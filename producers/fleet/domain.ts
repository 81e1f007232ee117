/** What the texts of one piece of work are about. */
export interface Topic {
  readonly subject: string
  readonly place: string
  readonly count: number
  readonly share: number
}

/** The words of one line of business, from which the fleet's texts are made. */
export interface Domain {
  readonly name: string
  /** Beginning of ids of the things it deals with, such as `shipment`. */
  readonly thing: string
  readonly subjects: readonly string[]
  readonly places: readonly string[]
  readonly questions: readonly ((topic: Topic) => string)[]
  readonly claims: readonly ((topic: Topic) => string)[]
  readonly plans: readonly ((topic: Topic) => string)[]
  readonly findings: readonly ((topic: Topic) => string)[]
  /** Checks that a proposal has to pass, with what is said when it does not. */
  readonly contracts: readonly { readonly name: string; readonly failure: string }[]
  readonly truths: readonly string[]
}
