/** A request's header that names what has to be seen, and that of an answer which names what was appended. */
export const POSITION_HEADER = 'experience-position'
