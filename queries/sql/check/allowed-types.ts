import type { TypeName } from '../syntax-tree.ts'
import { quoteText } from '../../../base/quote-sql.ts'

const PLAIN = new Set(
  (
    'UInt8 UInt16 UInt32 UInt64 UInt128 UInt256 Int8 Int16 Int32 Int64 Int128 Int256 Float32 Float64 String Bool UUID Date Date32 ' +
    'DateTime DateTime64 IPv4 IPv6 Boolean'
  ).split(' '),
)
/** What stands between the brackets of a type. */
const WITH_ARGUMENTS: Readonly<Record<string, RegExp>> = {
  FixedString: /^n$/,
  Decimal: /^nn?$/,
  Decimal32: /^n$/,
  Decimal64: /^n$/,
  Decimal128: /^n$/,
  DateTime: /^x$/,
  DateTime64: /^nx?$/,
  Array: /^t$/,
  Nullable: /^t$/,
  LowCardinality: /^t$/,
  Map: /^tt$/,
  Tuple: /^t+$/,
}

/** Names of all types that may be named. */
export const ALLOWED_TYPES: readonly string[] = [...new Set([...PLAIN, ...Object.keys(WITH_ARGUMENTS)])]

/** The first type within that is not among those that may be named, or has wrong arguments; null where all are right. */
export function wrongType(type: TypeName): TypeName | null {
  const { name, arguments: args } = type
  const shape = args.map((each) => ('name' in each ? 't' : 'number' in each ? 'n' : 'x')).join('')
  const isRight =
    args.length === 0 ? PLAIN.has(name) : Object.hasOwn(WITH_ARGUMENTS, name) && WITH_ARGUMENTS[name]!.test(shape)
  if (!isRight) return type
  const inner = args.filter((each): each is TypeName => 'name' in each)
  return inner.map(wrongType).find((each) => each !== null) ?? null
}

/** The type as SQL. */
export function typeText({ name, arguments: args }: TypeName): string {
  if (args.length === 0) return name
  const inner = args.map((each) =>
    'name' in each ? typeText(each) : 'number' in each ? each.number : quoteText(each.text),
  )
  return `${name}(${inner.join(', ')})`
}
