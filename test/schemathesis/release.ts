/** Pinned, since each release finds more. */
export const SCHEMATHESIS = 'schemathesis==4.32.5'
