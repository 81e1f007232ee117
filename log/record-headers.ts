/** Header that names the event's kind, by its word on the wire: readers may skip a record without decoding it. */
export const KIND_HEADER = 'kind'
/** Header that holds the event's id. */
export const EVENT_ID_HEADER = 'event_id'
