import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Right } from '../../../log/rights/right.ts'
import { ROLES, type Role } from '../../../log/rights/role-rights.ts'
import { TenantTopics } from '../../../log/tenant-topics.ts'
import { rightsOfRole } from '../../../operations/rights/needed-rights.ts'
import { ExperienceProducer } from '../../../service/producer/experience-producer.ts'
import { checkPrerequisites } from '../../../stack/prerequisites.ts'
import { mustNotSkip } from '../../must-not-skip.ts'
import { temporaryDirectory } from '../../temporary-directory.ts'
import { jsonLines } from '../run-command.ts'
import { settingsOf, type Environment } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { SecuredStack, type CommandOutcome, type RunOptions } from './secured-stack.ts'

const prerequisites = await checkPrerequisites()
const isSkipped = !prerequisites.met && !mustNotSkip()

/** One garbage record is enough for a topic to be held. */
const HOLDS_AT_ONCE = { PROJECTOR_DEAD_LETTER_SHARE: '0.01', PROJECTOR_DEAD_LETTER_MINIMUM: '1' }
const PROJECTS_ALL = { PROJECTOR_DEAD_LETTER_SHARE: '1' }

describe.skipIf(isSkipped)('rights by role, on a Kafka that asks for them', () => {
  let stack: SecuredStack
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let count = 0

  beforeAll(async () => {
    directory = await temporaryDirectory()
    stack = await SecuredStack.start([...ROLES, 'nobody'])
  })
  afterAll(async () => {
    await stack?.stop()
    await directory?.remove()
  })

  /** What a scenario works with: a log and a read model of its own, and a user whose role is tried. */
  class Scene {
    readonly topics = new TenantTopics(`rights-${++count}`)
    readonly admin: Environment
    readonly environment: Environment
    readonly role: Role

    constructor(role: Role) {
      this.role = role
      this.admin = stack.environment(this.topics.prefix, null)
      this.environment = stack.environment(this.topics.prefix, role)
    }

    get rights(): Right[] {
      return rightsOfRole(this.topics, this.role)
    }

    run(args: readonly string[], options?: RunOptions): Promise<CommandOutcome> {
      return stack.run(this.environment, args, options)
    }

    asAdmin(args: readonly string[], options?: RunOptions): Promise<CommandOutcome> {
      return stack.run(this.admin, args, options)
    }

    ingest(tenant: string): RunOptions {
      return { stdin: json(outcome({ tenant_id: tenant })) }
    }

    spoil(tenant: string): Promise<void> {
      return stack.spoil(this.topics.topic('events', tenant))
    }

    /** Two tenants, a dead letter and, on wish, an operation, all projected. */
    async furnish({ operations = true } = {}): Promise<this> {
      for (const tenant of ['acme', 'beta']) done(await this.asAdmin(['ingest'], this.ingest(tenant)))
      await this.spoil('acme')
      if (operations) done(await this.asAdmin(['export', this.file]))
      await this.project()
      return this
    }

    /** Projects all that there is, as an administrator. */
    async project(): Promise<void> {
      const isProjected = async (): Promise<boolean> => (await this.asAdmin(['verify'])).exitCode === 0
      done(await this.asAdmin(['project'], { changes: PROJECTS_ALL, stopWhen: isProjected }))
    }

    get file(): string {
      return join(directory.path, `${this.topics.prefix}.avro`)
    }

    async eventFile(): Promise<string> {
      const path = join(directory.path, 'event.json')
      await writeFile(path, json(outcome({ tenant_id: 'acme' })))
      return path
    }
  }

  /** Beside what is only warned of. */
  const missed = /^(?!WARNING).*lacks the rights?/m

  /** What each role is granted for, by the resource and the operation; each is tried with all rights, and without this one. */
  const uses: Readonly<Record<Role, Readonly<Record<string, (scene: Scene) => Promise<CommandOutcome>>>>> = {
    produce: {
      'events. Write': (scene) => scene.run(['ingest'], scene.ingest('acme')),
      'events. Create': (scene) => scene.run(['ingest'], scene.ingest('new')),
      'experience-log- Write': async (scene) => {
        const producer = await ExperienceProducer.open(settingsOf(scene.environment))
        try {
          await producer.appendAtomic(['acme', 'beta'].map((tenant) => outcome({ tenant_id: tenant })))
          return { exitCode: 0, stdout: '', stderr: '' }
        } catch (error) {
          return { exitCode: 3, stdout: '', stderr: String(error) }
        } finally {
          await producer.close()
        }
      },
    },
    project: {
      'events. Read': project,
      'events. DescribeConfigs': project,
      'dead-letters. DescribeConfigs': project,
      'operations DescribeConfigs': project,
      'projector. Read': project,
      'dead-letters. Write': async (scene) => {
        await scene.spoil('acme')
        return project(scene)
      },
      'dead-letters. Create': async (scene) => {
        await scene.spoil('beta')
        return project(scene)
      },
      'operations Read': project,
      'operations Write': hold,
      'operations Create': async () => {
        const scene = await new Scene('project').furnish({ operations: false })
        const rights = scene.rights
        const without = current('operations', 'Create')
        await stack.grant('project', without === null ? rights : rights.filter((each) => !without(each)))
        return hold(scene)
      },
    },
    ask: {
      'events. Read': (scene) => scene.run(['query', '--tenant', 'acme']),
      'dead-letters. Read': (scene) => scene.run(['dead-letters', 'list']),
      'operations Read': (scene) => scene.run(['operations', 'list']),
      'projector. Describe': (scene) => scene.run(['summary']),
      'maintenance Describe': async (scene) => {
        await scene.asAdmin(['rebuild'], { stopWhen: /"phase"/ })
        const status = await scene.run(['rebuild', 'status'])
        await scene.asAdmin(['rebuild', 'abandon'])
        return status
      },
    },
    operate: {
      'events. Read': rebuild,
      'events. DescribeConfigs': rebuild,
      'dead-letters. DescribeConfigs': rebuild,
      'operations DescribeConfigs': rebuild,
      'events. Write': importFile,
      'events. Create': importFile,
      'events. Delete': deleteTenant,
      'dead-letters. Read': rebuild,
      'dead-letters. Write': rebuild,
      'dead-letters. Create': rebuild,
      'dead-letters. Delete': deleteTenant,
      'operations Read': rebuild,
      'operations Write': rebuild,
      'operations Create': async () => {
        const scene = await new Scene('operate').furnish({ operations: false })
        const rights = scene.rights
        const without = current('operations', 'Create')
        await stack.grant('operate', without === null ? rights : rights.filter((each) => !without(each)))
        return rebuild(scene)
      },
      'projector. Read': rebuild,
      'projector. Delete': rebuild,
      'maintenance Read': (scene) => scene.run(['prune']),
      'experience-log- Write': async (scene) => {
        await scene.spoil('acme')
        await scene.project()
        const listed = await scene.asAdmin(['dead-letters', 'list'])
        const [first, second] = jsonLines(listed.stdout).map(({ id }) => String(id))
        if (leftOut === null) done(await scene.run(['dead-letters', 'discard', second!, '--because', 'garbage']))
        return scene.run(['dead-letters', 'retry', first!, '--event', await scene.eventFile()])
      },
    },
  }

  /** The right that is left out at the moment. */
  let leftOut: Right | null = null
  function current(suffix: string, operation: string): ((right: Right) => boolean) | null {
    if (leftOut === null) return null
    return ({ name, operation: of }) => name.endsWith(`.${suffix}`) && of === operation
  }

  function project(scene: Scene): Promise<CommandOutcome> {
    const isProjected = async (): Promise<boolean> => (await scene.asAdmin(['verify'])).exitCode === 0
    const told = leftOut?.operation === 'DescribeConfigs' ? /WARNING/ : missed
    return scene.run(['project'], { changes: PROJECTS_ALL, stopWhen: leftOut === null ? isProjected : told })
  }

  async function hold(scene: Scene): Promise<CommandOutcome> {
    const tenant = `spoilt-${++count}`
    done(await scene.asAdmin(['ingest'], scene.ingest(tenant)))
    for (let record = 0; record < 4; record++) await scene.spoil(tenant)
    const outcomeOf = await scene.run(['project'], {
      changes: HOLDS_AT_ONCE,
      stopWhen: new RegExp(`${missed.source}|is held`, 'm'),
    })
    // That topics are held at the end is what it was run for.
    return outcomeOf.stderr.includes('TopicHeld') ? { ...outcomeOf, exitCode: 0 } : outcomeOf
  }

  function rebuild(scene: Scene): Promise<CommandOutcome> {
    return scene.run(['rebuild'])
  }

  function importFile(scene: Scene): Promise<CommandOutcome> {
    return scene.run(['import', scene.file])
  }

  async function deleteTenant(scene: Scene): Promise<CommandOutcome> {
    done(await scene.asAdmin(['ingest'], scene.ingest('gone')))
    await scene.project()
    return scene.run(['tenants', 'delete', 'gone'])
  }

  /** What each role does beside what a single right is for. */
  const others: Readonly<Record<Role, readonly (readonly string[])[]>> = {
    produce: [],
    project: [],
    ask: [
      ['query'],
      ['query', '--as-of', '2030-01-01T00:00:00Z'],
      ['chain', 'chain-a'],
      ['artifacts'],
      ['analytics', 'outcomes'],
      ['summary', '--tenant', 'acme'],
      ['tail', '--from', 'beginning', '--limit', '1'],
      ['verify'],
      ['dead-letters', 'held'],
      ['tenants', 'list'],
      ['exports', 'list'],
      ['operations', 'list'],
      ['generations', 'list'],
      ['rebuild', 'status'],
    ],
    operate: [
      ['rebuild', '--tenant', 'beta'],
      ['rollback'],
      ['prune'],
      ['generations', 'list'],
      ['dead-letters', 'release', '--all'],
    ],
  }

  test.each(ROLES)('%s needs what its table says, and no more', async (role) => {
    const scene = await new Scene(role).furnish()
    await stack.grant(role, scene.rights)
    for (const [right, use] of Object.entries(uses[role])) {
      const tried = await use(scene)
      expect({ right, ...tried }).toMatchObject({ exitCode: 0 })
      expect(tried.stderr).not.toMatch(missed)
      await stack.grant(role, scene.rights)
    }
    for (const args of others[role]) {
      if (args[0] === 'rollback') await scene.project()
      expect({ args, ...(await scene.run(args)) }).toMatchObject({ exitCode: 0 })
    }
  })

  test.each(ROLES)('%s is told which right it lacks, whichever that is', async (role) => {
    const scene = await new Scene(role).furnish()
    const { rights } = scene
    const tried = new Set<string>()
    for (const right of rights) {
      const suffix = right.name.replace(`${scene.topics.prefix}.`, '')
      const use = uses[role][`${suffix} ${right.operation}`]
      tried.add(`${suffix} ${right.operation}`)
      await stack.grant(
        role,
        rights.filter((each) => each !== right),
        [right],
      )
      leftOut = right
      const told = use === undefined ? null : await use(scene)
      leftOut = null
      const name = suffix.replaceAll('.', '\\.')
      // Who lacks Read, and nothing else gives a glance, is told that even Describe is missing.
      const operation = right.operation === 'Read' ? '(?:Read|Describe)' : right.operation
      const refusal = `user "${role}" lacks the right ${operation} on ${right.resource}s? [a-z0-9.-]*${name}.*docs/rights\\.md, roles? .*${role}`
      const warning = `WARNING: this client may not see the settings of rights-\\d+\\.${name}.*DescribeConfigs`
      const expected = new RegExp(right.operation === 'DescribeConfigs' ? warning : refusal)
      expect({ right, ...told }).toMatchObject({ stderr: expect.stringMatching(expected) as string })
      // A projector goes on trying what it may not write; nothing else goes on.
      const goesOn = role === 'project' || right.operation === 'DescribeConfigs'
      expect({ right, hasFailed: told?.exitCode !== 0 || goesOn }).toMatchObject({ hasFailed: true })
    }
    expect([...tried].toSorted()).toEqual(Object.keys(uses[role]).toSorted())
  })

  test('long work that lacks a right is refused before it has begun', async () => {
    const scene = await new Scene('operate').furnish()
    const lacking = scene.rights.filter(({ resource, operation }) => resource !== 'group' || operation !== 'Delete')
    await stack.grant('operate', lacking)
    const before = await scene.asAdmin(['operations', 'list'])
    const told = await scene.run(['rebuild'])
    expect(told).toMatchObject({ exitCode: 3, stdout: '' })
    expect(told.stderr).toMatch(/^StorageError: cannot rebuild: user "operate" lacks .* Nothing was begun$/m)
    expect(await scene.asAdmin(['operations', 'list'])).toEqual(before)
  })

  test('who has no right at all is told so by every command, and by none that the log is empty', async () => {
    const scene = await new Scene('produce').furnish()
    await stack.grant('nobody', [])
    const environment = stack.environment(scene.topics.prefix, 'nobody')
    for (const args of [['ingest'], ['query'], ['summary'], ['verify'], ['tail'], ['tenants', 'list'], ['project']]) {
      const told = await stack.run(environment, args, { ...scene.ingest('acme'), stopWhen: missed })
      expect({ args, ...told }).not.toMatchObject({ exitCode: 0 })
      expect(told.stderr).toMatch(/user "nobody" lacks the right \w+ on \w+ rights-/)
    }
  })
})

function done(outcomeOf: CommandOutcome): void {
  expect(outcomeOf).toMatchObject({ exitCode: 0 })
}
