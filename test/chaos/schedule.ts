import { Random } from '../../producers/fleet/random.ts'
import type { StreamSpec } from './writing/event-stream.ts'
import { roundTenants } from './writing/round-tenants.ts'
import {
  distributedFaults,
  embeddedFaults,
  type DistributedFault,
  type DistributedLane,
  type EmbeddedFault,
  type FaultKind,
  type ServeFault,
} from './faults.ts'

/** One fault as it is planned. */
export interface PlannedFault<Kind extends FaultKind = FaultKind> {
  readonly kind: Kind
  /** Pause before it, after the lane's last fault, ms. */
  readonly afterMs: number
  /** How long it lasts, where that is for the suite to say, ms. */
  readonly forMs: number
  /** In [0, 1): chooses among what can be hit, as it stands then. */
  readonly choice: number
}

export interface DistributedRound {
  readonly world: 'distributed'
  readonly streams: readonly StreamSpec[]
  readonly lanes: Readonly<Record<DistributedLane, readonly PlannedFault<DistributedFault>[]>>
}

export interface EmbeddedRound {
  readonly world: 'embedded'
  readonly streams: readonly [StreamSpec]
  /** Faults of a process that writes itself, or of one that serves a client. */
  readonly process:
    | { readonly kind: 'writes'; readonly faults: readonly PlannedFault<EmbeddedFault>[] }
    | { readonly kind: 'serves'; readonly faults: readonly PlannedFault<ServeFault>[] }
}

export type Round = DistributedRound | EmbeddedRound

export interface ScheduleOptions {
  readonly seed: number
  readonly rounds: number
  /** Events of a round, over all its streams. */
  readonly eventsPerRound: number
  /** How many tenants a round has; null for a few. */
  readonly tenants: number | null
}

/** Of so many rounds, the last is one of the embedded mode. */
const EMBEDDED_EVERY = 4
/** Of so many rounds of the embedded mode, the last is one over HTTP. */
const SERVED_EVERY = 2
/** Of a distributed round. The last one writes over HTTP. */
const WRITERS = 2
const FAULTS_A_ROUND: Readonly<Record<DistributedLane, readonly [from: number, to: number]>> = {
  projectors: [3, 4],
  brokers: [1, 2],
  clickhouse: [2, 3],
  registry: [0, 1],
  writers: [1, 2],
  served: [1, 2],
}
/** Where there are many tenants, a batch has many partitions: then there is more to do to it. */
const PROJECTOR_FAULTS_OF_MANY = [6, 8] as const
const EMBEDDED_FAULTS = [6, 8] as const

/**
 * What happens in each round: the same for the same seed, whatever the number of rounds. Kinds are dealt like cards, so that
 * every one has come before any comes again.
 */
export function schedule({ seed, rounds, eventsPerRound, tenants }: ScheduleOptions): Round[] {
  const random = new Random(seed)
  const decks = new Map<readonly FaultKind[], FaultKind[]>()

  function deal<Kind extends FaultKind>(kinds: readonly Kind[]): Kind {
    let deck = decks.get(kinds) ?? []
    if (deck.length === 0) deck = shuffled(kinds, random)
    decks.set(kinds, deck)
    return deck.pop() as Kind
  }

  function plan<Kind extends FaultKind>(kinds: readonly Kind[], [from, to]: readonly [number, number]) {
    return Array.from({ length: random.between(from, to) }, (): PlannedFault<Kind> => ({
      kind: deal(kinds),
      afterMs: random.between(200, 4000),
      forMs: random.between(1000, 5000),
      choice: random.fraction(),
    }))
  }

  return Array.from({ length: rounds }, (_, round): Round => {
    const stream = (events: number, ofStream: StreamSpec['tenants']): StreamSpec => ({
      seed: random.between(0, 2 ** 31),
      events,
      tenants: ofStream,
    })
    if (round % EMBEDDED_EVERY === EMBEDDED_EVERY - 1) {
      const [all = []] = roundTenants(round, 1, tenants)
      const streams = [stream(eventsPerRound, all)] as const
      const serves = (round + 1) % (SERVED_EVERY * EMBEDDED_EVERY) === 0
      const process = serves
        ? { kind: 'serves' as const, faults: plan(embeddedFaults.served, EMBEDDED_FAULTS) }
        : { kind: 'writes' as const, faults: plan(embeddedFaults.process, EMBEDDED_FAULTS) }
      return { world: 'embedded', streams, process }
    }
    const each = Math.ceil(eventsPerRound / WRITERS)
    const streams = roundTenants(round, WRITERS, tenants).map((ofStream) => stream(each, ofStream))
    const faults = tenants === null ? FAULTS_A_ROUND : { ...FAULTS_A_ROUND, projectors: PROJECTOR_FAULTS_OF_MANY }
    const lane = (name: DistributedLane) => plan<DistributedFault>(distributedFaults[name], faults[name])
    const lanes = {
      projectors: lane('projectors'),
      brokers: lane('brokers'),
      clickhouse: lane('clickhouse'),
      registry: lane('registry'),
      writers: lane('writers'),
      served: lane('served'),
    }
    return { world: 'distributed', streams, lanes }
  })
}

function shuffled<Kind extends FaultKind>(kinds: readonly Kind[], random: Random): Kind[] {
  const deck = [...kinds]
  for (let left = deck.length - 1; left > 0; left--) {
    const at = random.between(0, left)
    const kept = deck[left] as Kind
    deck[left] = deck[at] as Kind
    deck[at] = kept
  }
  return deck
}
