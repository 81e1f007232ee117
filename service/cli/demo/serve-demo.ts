import { ExperienceError } from '../../../base/experience-error.ts'
import { pause } from '../../../base/waiting.ts'
import type { EventProducer } from '../../../producers/event-producer.ts'
import type { Serving } from '../../serve/serving.ts'
import type { Service } from '../../wiring/service.ts'
import { writeLine, type CommandContext } from '../command-context.ts'
import { appendDemo, DEMO_EVENTS, DEMO_SEED } from './append-demo.ts'
import { runLiveFleet } from './live-fleet.ts'

/** After a fault of the log the fleet rests, ms. */
const REST_MS = 5000

/**
 * Shows what a serving process does: fills an empty log with what `demo` appends, says where to look, and lets a fleet work until it
 * is stopped. Errors: those of the first appends; later ones are told, and the fleet goes on.
 */
export async function serveDemo(context: CommandContext, serving: Serving): Promise<void> {
  const service = serving.service?.lend()
  if (service === undefined) {
    const message = 'roles: the demo asks what it shows, and needs the role project or query'
    throw new ExperienceError('InvalidSettings', message, { field: 'roles' })
  }
  if (await isEmpty(service)) {
    await appendDemo(context, service, { events: DEMO_EVENTS, seed: DEMO_SEED })
    if (!context.stopped.aborted) await service.catchUp()
  }
  if (!context.stopped.aborted) await writeLine(context.stdout, whereToLook(serving))
  const producer = await service.openProducer()
  await emit(context, producer)
  await producer.close()
  await service.close()
}

async function isEmpty(service: Service): Promise<boolean> {
  return (await service.endOfLog()).every(({ next }) => next === 0n)
}

async function emit({ stderr, stopped }: CommandContext, producer: EventProducer): Promise<void> {
  while (!stopped.aborted) {
    try {
      await runLiveFleet(producer, stopped)
    } catch (error) {
      if (!(error instanceof ExperienceError) || !error.retryable) throw error
      stderr.write(`the simulated fleet rests: ${error.message}\n`)
      await pause(REST_MS, stopped)
    }
  }
}

function whereToLook({ url, isOpen }: Serving): string {
  const key = isOpen ? '' : ` -H "Authorization: Bearer $KEY"`
  return `
A simulated fleet is at work, and emits a few events a second until you stop this (Ctrl-C).

  ${url}/docs describes the API.

In another terminal:

  curl${key} '${url}/v1/events?kinds=OutcomeRecorded&limit=3'
  curl${key} ${url}/v1/summary
  curl${key} -N ${url}/v1/tail

or, in the same folder: npx experience-log summary
`
}
