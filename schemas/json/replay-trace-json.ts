import { ReplayTraceRecorded } from '../contract/experience-event.ts'
import { ReplayTrace, type ReplayTrace as Trace } from '../contract/replay-trace.ts'
import { structFormOf, wireFormOf } from '../wire-form.ts'
import { compileReader } from './compile-reader.ts'
import { FROM_OURSELVES } from './reader.ts'
import { compileWriter } from './compile-writer.ts'
import { JsonCursor } from './json-cursor.ts'

const readData = compileReader(structFormOf(ReplayTraceRecorded), FROM_OURSELVES)
const writeTrace = compileWriter(wireFormOf(ReplayTrace))

/** The trace in the JSON text of a ReplayTraceRecorded event's `data`. */
export function replayTraceOfData(data: string): Trace {
  return (readData(new JsonCursor(data)) as { trace_link: Trace }).trace_link
}

/** The trace's JSON text, byte for byte as the reference prints it. */
export function replayTraceToJson(trace: Trace): string {
  return writeTrace(trace as never)
}
