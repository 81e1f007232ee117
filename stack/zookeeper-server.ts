import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

import { findFreePort } from './free-port.ts'
import { javaArguments } from './kafka-cluster.ts'
import type { Artifacts } from './resolve-artifacts.ts'
import { ServerProcess } from './server-process.ts'
import type { Watchdog } from './watchdog.ts'

/** Lays out the ZooKeeper that a release of Kafka brings, with its data under `directory`; not started. */
export async function defineZooKeeper(
  directory: string,
  artifacts: Artifacts,
  watchdog: Watchdog,
): Promise<ServerProcess> {
  await mkdir(directory, { recursive: true })
  const port = await findFreePort()
  const configuration = join(directory, 'zookeeper.properties')
  await writeFile(
    configuration,
    `dataDir=${join(directory, 'data')}
clientPortAddress=127.0.0.1
clientPort=${port}
tickTime=1000
maxClientCnxns=0
admin.enableServer=false
`,
  )
  return new ServerProcess(
    {
      name: 'ZooKeeper',
      address: `127.0.0.1:${port}`,
      logFile: join(directory, 'server.log'),
      executable: artifacts.java,
      args: [
        '-Xmx128m',
        '-Dzookeeper.jmx.log4j.disable=true',
        ...javaArguments(artifacts, directory),
        'org.apache.zookeeper.server.quorum.QuorumPeerMain',
        configuration,
      ],
      workingDirectory: directory,
      isReady: async () => {
        const socket = connect({ host: '127.0.0.1', port })
        await once(socket, 'connect')
        socket.destroy()
        return true
      },
    },
    watchdog,
  )
}
