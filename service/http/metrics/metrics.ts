import { Histogram, Registry, collectDefaultMetrics } from 'prom-client'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What an operator watches, as Prometheus reads it. Labels come from lists of ours: never a tenant, a key or a path that was sent. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #answered = this.#histogram('experience_log_http_request_seconds', 'Requests by how long they took', [
    'route',
    'method',
    'status',
  ])

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** A request was answered, after so many seconds. */
  answered(route: string, method: string, status: number, seconds: number): void {
    this.#answered.observe({ route, method, status: String(status) }, seconds)
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #histogram(name: string, help: string, labelNames: string[]): Histogram {
    return new Histogram({ name, help, labelNames, buckets: SECONDS, registers: [this.#registry] })
  }
}
