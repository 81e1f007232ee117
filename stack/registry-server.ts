import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { findFreePort } from './free-port.ts'
import type { Artifacts } from './resolve-artifacts.ts'
import { ServerProcess } from './server-process.ts'
import type { Watchdog } from './watchdog.ts'

/*
 * Apicurio Registry 3.0 under Confluent's API, where it differs from Confluent's own server (each seen on 3.0.9):
 * - An id is Apicurio's content id, the same in /subjects/X/versions and /schemas/ids/ID and equal for equal text in two
 *   subjects, as at Confluent (`legacy-id-mode` would answer with the global id, which differs per subject). Ids have gaps.
 * - Equal means equal text: other white space makes a new id and a new version, where Confluent parses first. The setting
 *   `use-canonical-hash` is no remedy: it ignores `doc` too, so that a new documentation is never stored.
 * - The global level is NONE until set (Confluent: BACKWARD), and a subject's own NONE does not lift a stricter global one.
 * - Setting a subject's level before its first schema creates the subject. A refused compatibility check gives no messages.
 */
const CONFLUENT_API = '/apis/ccompat/v7'
const PROBE_LIMIT_MS = 5_000

/** A schema registry that is laid out, not started. */
export interface RegistryDefinition {
  readonly server: ServerProcess
  /** The base for Confluent's clients: `/subjects` and the rest follow it. */
  readonly url: string
}

/** Lays out a registry that keeps its schemas in files under `directory`. */
export async function defineRegistry(
  directory: string,
  artifacts: Artifacts,
  watchdog: Watchdog,
): Promise<RegistryDefinition> {
  await mkdir(directory, { recursive: true })
  const port = await findFreePort()
  const address = `127.0.0.1:${port}`
  const url = `http://${address}${CONFLUENT_API}`
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'java.io.tmpdir': directory,
    'java.awt.headless': true,
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    // In a file, so that a killed registry comes back with its schemas; no write delay, so that it has all it answered for.
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:file:${join(directory, 'schemas')};WRITE_DELAY=0`,
    'apicurio.datasource.jdbc.initial-size': 2,
    'apicurio.datasource.jdbc.min-size': 2,
    'apicurio.ccompat.legacy-id-mode.enabled': false,
    'apicurio.ccompat.use-canonical-hash': false,
    'quarkus.http.access-log.enabled': false,
    'quarkus.log.level': 'WARN',
    'quarkus.log.category."io.apicurio".level': 'WARN',
    'quarkus.banner.enabled': false,
  }
  const server = new ServerProcess(
    {
      name: 'schema registry',
      address,
      logFile: join(directory, 'server.log'),
      executable: artifacts.java,
      args: [
        '-Xmx256m',
        // It answers a few hundred requests in its life, so start-up time is all that counts.
        '-XX:TieredStopAtLevel=1',
        '-XX:+UseSerialGC',
        '-XX:-UsePerfData',
        ...Object.entries(settings).map(([key, value]) => `-D${key}=${value}`),
        '-jar',
        artifacts.registryJar,
      ],
      workingDirectory: directory,
      isReady: async () => (await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) })).ok,
    },
    watchdog,
  )
  return { server, url }
}
