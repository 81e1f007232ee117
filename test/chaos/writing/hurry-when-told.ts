import { isMessage } from '../processes/messages.ts'
import type { Pace } from './pace.ts'

/** Lets the process that started this one end the pauses between events. */
export function hurryWhenTold(pace: Pace): void {
  process.on('message', (message) => {
    if (isMessage(message) && message.hurry === true) pace.hurry()
  })
}
