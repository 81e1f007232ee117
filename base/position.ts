declare const offsetBrand: unique symbol

/** The number of a record in its partition. As a bound, it is the offset of the next record to read. */
export type Offset = bigint & { readonly [offsetBrand]: true }

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** Where the log holds a record: topic, partition and offset. */
export interface Position extends TopicPartition {
  /** The number of the record in its partition. */
  readonly offset: Offset
}

export function offset(value: bigint | number | string): Offset {
  return BigInt(value) as Offset
}

/** A partition as people read it and maps are keyed: `experience.events.acme/0`. Kafka allows no slash in a topic's name. */
export function partitionText({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}

/** A position as text, which commands and `asOf` take: `experience.events.acme/0/17`. */
export function positionText(position: Position): string {
  return `${partitionText(position)}/${position.offset}`
}

/** What `positionText` writes, as a regular expression of JSON Schema. */
export const POSITION_PATTERN = '^([^/]+)/([0-9]{1,9})/([0-9]{1,18})$'
const POSITION = new RegExp(POSITION_PATTERN)

/** The position that a text spells, or null. */
export function parsePosition(text: string): Position | null {
  const [, topic, partition, at] = POSITION.exec(text) ?? []
  if (topic === undefined || partition === undefined || at === undefined) return null
  return { topic, partition: Number(partition), offset: offset(at) }
}
