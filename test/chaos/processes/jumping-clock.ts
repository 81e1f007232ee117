import { isMessage } from './messages.ts'

/*
 * Loaded before a program, this lets the process that started it set the program's clock. Timers go by another clock, as they
 * do when a real one is set.
 */
let offsetMs = 0
const RealDate = Date

class JumpingDate extends RealDate {
  // Date takes what it is given in seven forms: all but none are passed on as they are.
  constructor(...parts: unknown[]) {
    super(...((parts.length === 0 ? [RealDate.now() + offsetMs] : parts) as [number]))
  }

  static override now(): number {
    return RealDate.now() + offsetMs
  }
}

globalThis.Date = JumpingDate as DateConstructor

process.on('message', (message) => {
  if (isMessage(message) && message.clockOffsetMs !== undefined) offsetMs = message.clockOffsetMs
})
// Listening alone must keep no process alive.
process.channel?.unref()
