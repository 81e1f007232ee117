/** Header that names the event's kind, by its word on the wire: readers may skip a record without decoding it. */
export const KIND_HEADER = 'kind'
/** Header that holds the event's id. */
export const EVENT_ID_HEADER = 'event_id'
/** Header with a record's place among what its producer appended in the same millisecond; a record without it has the first, 0. */
export const SEQUENCE_HEADER = 'sequence'

/** The place that the header's text says; 0 where it says none. */
export function sequenceOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0
}
