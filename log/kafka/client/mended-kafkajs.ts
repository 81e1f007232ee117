import kafkajs from 'kafkajs'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

const { prototype } = RequestQueue
const schedule = prototype.scheduleCheckPendingRequests

// By itself kafkajs looks every millisecond whether a request waits, for as long as a connection lives, by a timer with a negative
// delay, of which Node 24 warns on stderr (tulios/kafkajs #1751). Only a request that waits needs the timer.
prototype.scheduleCheckPendingRequests = function scheduleCheckPendingRequests(): void {
  if (this.pending.length > 0) schedule.call(this)
}

/** kafkajs, whose idle connections rest. */
export default kafkajs
