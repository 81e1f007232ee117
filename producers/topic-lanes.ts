import type { ExperienceError } from '../base/experience-error.ts'
import type { EventLog } from '../log/event-log.ts'
import { asExperienceError } from './append-call.ts'
import { TopicLane } from './topic-lane.ts'

/** The lanes of all topics. Of each the log is asked how large a record may be, before anything is let in by it. */
export class TopicLanes {
  readonly #log: Pick<EventLog, 'maxRecordBytes'>
  readonly #onMeasured: () => void
  readonly #lanes = new Map<string, TopicLane>()

  /** `onMeasured` is told when a lane that was asked about is known, or what waited in it has failed. */
  constructor(log: Pick<EventLog, 'maxRecordBytes'>, onMeasured: () => void) {
    this.#log = log
    this.#onMeasured = onMeasured
  }

  of(topic: string): TopicLane {
    let lane = this.#lanes.get(topic)
    if (lane === undefined) {
      lane = new TopicLane(topic)
      this.#lanes.set(topic, lane)
    }
    if (lane.maxRecordBytes === null) void this.#measure(lane)
    return lane
  }

  /** After the log refused a record that was within its limit: the limit has changed. */
  measureAgain(lanes: readonly TopicLane[]): void {
    for (const lane of lanes) void this.#measure(lane)
  }

  /** If the log can't say, what waits for the answer fails, and the next event asks again. */
  async #measure(lane: TopicLane): Promise<void> {
    if (lane.isMeasuring) return
    lane.isMeasuring = true
    lane.maxRecordBytes = null
    try {
      lane.maxRecordBytes = await this.#log.maxRecordBytes(lane.topic)
    } catch (error) {
      failWaiting(lane, asExperienceError(error))
    }
    lane.isMeasuring = false
    this.#onMeasured()
  }
}

function failWaiting(lane: TopicLane, error: ExperienceError): void {
  for (let next = lane.waiting.shift(); next !== undefined; next = lane.waiting.shift()) {
    if (next.kind === 'atomic') next.fail(error)
    else next.call.failed(next.index, error)
  }
}
