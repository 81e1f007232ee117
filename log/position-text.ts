import { offset, type Position } from './event-log.ts'

/** A position as people read and type it: `experience.events.acme/0/17`. */
export function positionText({ topic, partition, offset: at }: Position): string {
  return `${topic}/${partition}/${at}`
}

/** The position that a text spells, or null. */
export function parsePosition(text: string): Position | null {
  const [, topic, partition, at] = /^([^/]+)\/(\d{1,9})\/(\d{1,18})$/.exec(text) ?? []
  if (topic === undefined || partition === undefined || at === undefined) return null
  return { topic, partition: Number(partition), offset: offset(at) }
}
