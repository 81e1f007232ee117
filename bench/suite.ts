import type { BenchContext } from './context.ts'
import type { Measurement } from './measurement.ts'

/** A group of measurements, taken in a process of its own, in which nothing else runs. */
export interface Suite {
  readonly name: SuiteName
  /** One line for people. */
  readonly about: string
  measure(context: BenchContext): AsyncIterable<Measurement>
}

/** In the order in which they run. `suites/NAME.ts` exports each one as `suite`. */
export const SUITE_NAMES = [
  'codec',
  'produce',
  'project',
  'rebuild',
  'query',
  'latency',
  'tenants',
  'embedded',
  'http',
  'sql',
] as const
export type SuiteName = (typeof SUITE_NAMES)[number]

/** Loads one suite alone, and with it no client or engine that it does not use. */
export async function loadSuite(name: SuiteName): Promise<Suite> {
  const { suite } = (await import(`./suites/${name}.ts`)) as { readonly suite: Suite }
  return suite
}
