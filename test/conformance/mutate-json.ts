import {
  hostileTokens,
  scannedTokens,
  hostileKeys,
  spaces,
  notSpaces,
  numberForms,
  insertedInStrings,
} from './hostile-json.ts'
import {
  bytesOf,
  meaningOf,
  parseTree,
  printTree,
  quoted,
  scalar,
  utf8,
  withValues,
  type JsonMember,
  type JsonNode,
} from './json-tree.ts'
import type { Random } from './random.ts'

/**
 * A document made from a valid one by one to three changes: of its structure, its tokens or its bytes. Some results are valid
 * still. Never holds a line feed, so that documents can be sent as lines.
 */
export function mutateJson(document: string, random: Random): Buffer {
  let binary = utf8(document)
  const changes = random.oneIn(2) ? 1 : 1 + random.below(3)
  for (let change = 0; change < changes; change++) binary = mutateOnce(binary, random)
  return bytesOf(binary.replaceAll('\n', '\r'))
}

function mutateOnce(binary: string, random: Random): string {
  const root = random.oneIn(6) ? null : parseTree(binary)
  return root === null ? random.pick(textMutations)(binary, random) : random.pick(documentMutations)(root, random)
}

type NodeMutation = (node: JsonNode, random: Random) => JsonNode

function isScalar(node: JsonNode): boolean {
  return node.kind === 'scalar'
}
function isContainer(node: JsonNode): boolean {
  return node.kind !== 'scalar'
}
function isNumber(node: JsonNode): boolean {
  return node.kind === 'scalar' && /^[-\d]/.test(node.raw)
}
function isHash(node: JsonNode): boolean {
  return node.kind === 'scalar' && /^"[0-9a-f]{64}"$/.test(node.raw)
}
function isNull(node: JsonNode): boolean {
  return node.kind === 'scalar' && node.raw === 'null'
}

const documentMutations: readonly ((root: JsonNode, random: Random) => string)[] = [
  (root, random) => printTree(root, () => random.pick(spaces)),
  (root, random) => printTree(everyObject(root, random.pick(memberOrders), random)),
  (root, random) => printTree(atOneOf(root, random, isContainer, withDroppedField)),
  (root, random) => printTree(atOneOf(root, random, isContainer, withDroppedField)),
  (root, random) => printTree(atOneOf(root, random, isNumber, (_, source) => scalar(numberToken(source)))),
  (root, random) => printTree(atOneOf(root, random, isHash, (node) => scalar(rawOf(node).toUpperCase()))),
  (root, random) => printTree(nestedToLimit(root, 1, random)),
  (root, random) => printTree(withoutDefaults(root, random)),
  (root, random) => printTree(atOneOf(root, random, isNull, (_, source) => scalar(nest(source, numberToken(source))))),
  ...[isContainer, isContainer, isScalar, isScalar].map(
    (chosen) => (root: JsonNode, random: Random) =>
      printTree(atOneOf(root, random, chosen, (node) => random.pick(mutationsOf(node))(node, random))),
  ),
]

/** Changes one value of the document, chosen at random among those that fit. */
function atOneOf(root: JsonNode, random: Random, fits: (node: JsonNode) => boolean, change: NodeMutation): JsonNode {
  let left = random.below(countNodes(root, fits))
  const visit = (node: JsonNode): JsonNode => {
    if (fits(node) && left-- === 0) return change(node, random)
    return node.kind === 'scalar' ? node : withValues(node, visit)
  }
  return visit(root)
}

function countNodes(node: JsonNode, fits: (node: JsonNode) => boolean): number {
  const inner =
    node.kind === 'array' ? node.items : node.kind === 'object' ? node.members.map(({ value }) => value) : []
  return inner.reduce((sum, item) => sum + countNodes(item, fits), Number(fits(node)))
}

function mutationsOf(node: JsonNode): readonly NodeMutation[] {
  if (node.kind === 'object') return objectMutations
  if (node.kind === 'array') return arrayMutations
  if (node.raw.startsWith('"')) return stringMutations
  return /^[-\d]/.test(node.raw) ? numberMutations : anyMutations
}

const defaulted = new Set([
  '"metadata"',
  '"purpose"',
  '"consumers"',
  '"signature"',
  '"allowed_uses"',
  '"contradiction_id"',
  '"tenant_id"',
])

/** Drops fields that may be absent, or now and then makes them null, which only some of them take. */
function withoutDefaults(root: JsonNode, random: Random): JsonNode {
  const drop: MemberOrder = (members) =>
    members.flatMap((member) => {
      if (!defaulted.has(member.rawKey) || random.oneIn(2)) return [member]
      return random.oneIn(4) ? [{ ...member, value: scalar('null') }] : []
    })
  return everyObject(root, drop, random)
}

/** Payloads, and unknown fields of traces (which are read in full), that reach the limit of 127 levels, or one less or more. */
function nestedToLimit(node: JsonNode, level: number, random: Random): JsonNode {
  if (node.kind === 'scalar') return node
  const reaching = (): JsonNode => scalar(nestOf(126 - level + random.below(3), '0', random))
  const nested = withValues(node, (value, rawKey) =>
    rawKey === '"structured_payload"' ? reaching() : nestedToLimit(value, level + 1, random),
  )
  const isTrace = nested.kind === 'object' && nested.members.some(({ rawKey }) => /model_(hash|id)/.test(rawKey))
  return isTrace ? { kind: 'object', members: [...nested.members, { rawKey: '"zz"', value: reaching() }] } : nested
}

const toHostile: NodeMutation = (_, random) => hostile(random)

/** A token put in as it stands: it need not be JSON. */
function hostile(random: Random): JsonNode {
  return scalar(random.oneIn(4) ? nest(random, 'null') : random.pick(hostileTokens))
}

/** Nesting around the limit, which is 127 for the whole document. */
function nest(random: Random, leaf: string): string {
  return nestOf(118 + random.below(14), leaf, random)
}

function nestOf(depth: number, leaf: string, random: Random): string {
  return random.oneIn(2)
    ? `${'['.repeat(depth)}${leaf}${']'.repeat(depth)}`
    : `${'{"n":'.repeat(depth)}${leaf}${'}'.repeat(depth)}`
}

const anyMutations: readonly NodeMutation[] = [
  toHostile,
  () => scalar('null'),
  (node) => ({ kind: 'array', items: [node] }),
  (node) => ({ kind: 'object', members: [{ rawKey: '"Other"', value: node }] }),
  (_, random) => scalar(numberToken(random)),
  (_, random) =>
    quoted(
      random.pick([
        '',
        'x',
        'Planning',
        'Low',
        'Local',
        'Remote',
        'Kernel',
        'Tokens',
        'Other',
        'Converged',
        'Approve',
        'None',
      ]),
    ),
]

function numberToken(random: Random): string {
  if (random.oneIn(6)) return f32Tie(random)
  if (random.oneIn(2)) return random.pick(numberForms)
  const digits = (count: number): string => Array.from({ length: count }, () => random.below(10)).join('')
  const integer = random.oneIn(2) ? '0' : `${1 + random.below(9)}${digits(random.below(25))}`
  const fraction = random.oneIn(3) ? '' : `.${digits(1 + random.below(25))}`
  const exponent = random.oneIn(2)
    ? ''
    : `${random.pick(['e', 'E'])}${random.pick(['', '+', '-'])}${random.below(random.pick([10, 40, 340]))}`
  return `${random.oneIn(4) ? '-' : ''}${integer}${fraction}${exponent}`
}

const numberMutations: readonly NodeMutation[] = [
  ...anyMutations,
  (_, random) => scalar(numberToken(random)),
  (_, random) => scalar(numberToken(random)),
  (node) => scalar(`"${rawOf(node)}"`),
  (node) => scalar(`${rawOf(node)}.0`),
  (node) => scalar(`${rawOf(node)}e0`),
  (node) => scalar(`0${rawOf(node)}`),
  (node) => scalar(`-${rawOf(node)}`),
  (node) => scalar(`${rawOf(node)}0`),
]

/** An integer halfway between two 32-bit floats, or next to it: where rounding by way of 64 bits goes wrong. */
function f32Tie(random: Random): string {
  const unit = 2n ** BigInt(random.below(40))
  const odd = 2n * (2n ** 23n + BigInt(random.below(2 ** 23))) + 1n
  return `${random.pick(['', '-'])}${odd * unit + BigInt(random.below(3) - 1)}`
}

function rawOf(node: JsonNode): string {
  return node.kind === 'scalar' ? node.raw : ''
}

const stringMutations: readonly NodeMutation[] = [
  ...anyMutations,
  inString((text) => text.toUpperCase()),
  inString((text) => text.toLowerCase()),
  inString((text) => text.slice(1)),
  inString((text) => `${text}0`),
  inString((text) => text.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()),
  (node) => scalar(escaped(rawOf(node), () => true)),
  (node, random) => scalar(escaped(rawOf(node), () => random.oneIn(3))),
  (node) => scalar(rawOf(node).slice(1, -1)),
  (node, random) => scalar(`"${random.pick(insertedInStrings)}${rawOf(node).slice(1)}`),
  (node) => ({ kind: 'object', members: [{ rawKey: rawOf(node), value: scalar('null') }] }),
  (node) => ({ kind: 'object', members: [{ rawKey: rawOf(node), value: { kind: 'object', members: [] } }] }),
  (node) => ({ kind: 'object', members: [{ rawKey: rawOf(node), value: { kind: 'array', items: [] } }] }),
  (node) => ({ kind: 'object', members: [{ rawKey: rawOf(node), value: scalar('1') }] }),
  (_, random) => scalar(String(random.below(15))),
  (_, random) =>
    quoted(
      random.pick([
        '',
        ' ',
        'a b',
        'a@b',
        '１',
        'x'.repeat(257),
        'x'.repeat(256),
        'é'.repeat(128),
        'é'.repeat(129),
        't'.repeat(64),
        't'.repeat(65),
        '時'.repeat(22),
        '\u0000',
      ]),
    ),
]

function inString(change: (text: string) => string): NodeMutation {
  return (node) => scalar(`"${change(rawOf(node).slice(1, -1))}"`)
}

/** Spells characters as `\uXXXX`. Leaves bytes beyond ASCII and escapes alone. */
function escaped(raw: string, chosen: () => boolean): string {
  return raw.replace(/\\.|[ !#-[\]-~]/g, (unit) =>
    unit.length > 1 || !chosen() ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

type Members = readonly JsonMember[]
type MemberOrder = (members: Members, random: Random) => Members

const memberOrders: readonly MemberOrder[] = [
  (members) => members.toReversed(),
  (members, random) => random.shuffled(members),
  (members) =>
    members.toSorted((a, b) => Number(meaningOf(a.rawKey) === 'type') - Number(meaningOf(b.rawKey) === 'type')),
]

function everyObject(node: JsonNode, order: MemberOrder, random: Random): JsonNode {
  if (node.kind === 'array') return { kind: 'array', items: node.items.map((item) => everyObject(item, order, random)) }
  if (node.kind === 'scalar') return node
  const members = node.members.map((member) => ({ ...member, value: everyObject(member.value, order, random) }))
  return { kind: 'object', members: order(members, random) }
}

function inMembers(change: MemberOrder): NodeMutation {
  return (node, random) => ({ kind: 'object', members: node.kind === 'object' ? change(node.members, random) : [] })
}

/** Changes one member, chosen at random, into any number of members. */
function inMember(change: (member: JsonMember, random: Random, members: Members) => Members): NodeMutation {
  return inMembers((members, random) => {
    const chosen = random.below(members.length)
    return members.flatMap((member, index) => (index === chosen ? change(member, random, members) : [member]))
  })
}

/** An unknown field whose value is fit for scanning only. */
const withDroppedField: NodeMutation = (node, random) => {
  if (node.kind !== 'object') return node
  const member = {
    rawKey: random.pick(['"zz"', '""', '"__proto__"', '"Type"']),
    value: scalar(random.pick(scannedTokens)),
  }
  return { kind: 'object', members: inserted(node.members, member, random) }
}

function inserted(members: Members, member: JsonMember, random: Random): Members {
  return members.toSpliced(random.below(members.length + 1), 0, member)
}

const objectMutations: readonly NodeMutation[] = [
  toHostile,
  ...memberOrders.map(inMembers),
  inMembers((members, random) =>
    inserted(members, { rawKey: random.pick(hostileKeys), value: hostile(random) }, random),
  ),
  inMembers((members, random) =>
    inserted(members, { rawKey: random.pick(hostileKeys), value: hostile(random) }, random),
  ),
  inMembers((members, random) => inserted(members, { rawKey: '"zz"', value: hostile(random) }, random)),
  inMembers((members, random) => (members.length === 0 ? members : inserted(members, random.pick(members), random))),
  inMember(() => []),
  inMember(({ rawKey }) => [{ rawKey, value: scalar('null') }]),
  inMember(({ rawKey, value }, random) => [
    { rawKey, value },
    { rawKey, value: hostile(random) },
  ]),
  inMember(({ rawKey, value }, random) => [
    { rawKey, value: hostile(random) },
    { rawKey, value },
  ]),
  inMember(({ rawKey, value }) => [{ rawKey: escaped(rawKey.slice(1, -1), () => true).replace(/^|$/g, '"'), value }]),
  inMember(({ rawKey, value }) => [{ rawKey: rawKey.toUpperCase(), value }]),
  inMember(({ value }, random) => [{ rawKey: random.pick(hostileKeys), value }]),
  inMember(({ rawKey }, random, members) => [{ rawKey, value: random.pick(members).value }]),
  (node) => ({ kind: 'array', items: node.kind === 'object' ? node.members.map(({ value }) => value) : [] }),
  (node) => ({ kind: 'array', items: node.kind === 'object' ? node.members.map(({ value }) => value) : [] }),
  (node) => ({
    kind: 'array',
    items: node.kind === 'object' ? node.members.slice(0, -1).map(({ value }) => value) : [],
  }),
  (node) => ({ kind: 'array', items: [node] }),
  (node) => (node.kind === 'object' && node.members[0] !== undefined ? scalar(node.members[0].rawKey) : node),
  (node) => (node.kind === 'object' && node.members[0] !== undefined ? node.members[0].value : node),
  numberedTag,
]

/** The tag by the number of its variant, behind its content, so that serde buffers it. */
function numberedTag(node: JsonNode, random: Random): JsonNode {
  if (node.kind !== 'object') return node
  const members = node.members.map((member) =>
    meaningOf(member.rawKey) === 'type' ? { ...member, value: scalar(String(random.below(4))) } : member,
  )
  return { kind: 'object', members: members.toReversed() }
}

const arrayMutations: readonly NodeMutation[] = [
  toHostile,
  () => ({ kind: 'object', members: [] }),
  (node) => ({ kind: 'array', items: node.kind === 'array' ? [...node.items, ...node.items] : [] }),
  (node) => ({ kind: 'array', items: node.kind === 'array' ? node.items.toReversed() : [] }),
  (node, random) => ({ kind: 'array', items: node.kind === 'array' ? [...node.items, hostile(random)] : [] }),
  (node) => ({ kind: 'array', items: [node] }),
]

type TextMutation = (binary: string, random: Random) => string

const textMutations: readonly TextMutation[] = [
  (binary, random) => binary.slice(0, random.below(binary.length + 1)),
  (binary, random) => spliced(binary, random, 1, ''),
  (binary, random) => spliced(binary, random, 0, String.fromCharCode(random.below(256))),
  (binary, random) => spliced(binary, random, 1, String.fromCharCode(random.below(256))),
  (binary, random) =>
    spliced(binary, random, 1, random.pick(['"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'e', '.'])),
  (binary, random) => spliced(binary, random, 0, random.pick(notSpaces)),
  (binary, random) => spliced(binary, random, random.below(40), ''),
  (binary) => `\xef\xbb\xbf${binary}`,
  (binary, random) => random.pick([' ', '\t\r', ...notSpaces]) + binary,
  (binary, random) => binary + random.pick([' ', '\t \r', 'null', '{}', binary, ...notSpaces]),
  (binary, random) => {
    const cut = random.below(binary.length + 1)
    return binary.slice(cut) + binary.slice(0, cut)
  },
]

function spliced(binary: string, random: Random, remove: number, insert: string): string {
  const at = random.below(binary.length + 1)
  return binary.slice(0, at) + insert + binary.slice(at + remove)
}
