import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// Run by `npm run test:attack -- --mutations N --seed S`: the list of attacks, then N mutations of it, the same for the same seed. The last
// line is one of JSON; exit code 1 with problems.

const { values: options } = parseArgs({
  options: { mutations: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } },
})
const directory = await mkdtemp(join(tmpdir(), 'experience-log-attack-'))
try {
  const report = join(directory, 'report.json')
  const environment = { ATTACK_MUTATIONS: options.mutations, ATTACK_SEED: options.seed, ATTACK_REPORT: report }
  const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'servers', 'test/attack'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const told = existsSync(report) ? (JSON.parse(await readFile(report, 'utf8')) as object) : {}
  console.log(JSON.stringify({ ...told, ok: status === 0 }))
  process.exitCode = status === 0 ? 0 : 1
} finally {
  await rm(directory, { recursive: true, force: true })
}
