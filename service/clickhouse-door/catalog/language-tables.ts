import { allowedFunctions } from '../../../queries/sql/check/allowed-functions.ts'
import { ALLOWED_TYPES } from '../../../queries/sql/check/allowed-types.ts'
import { constantTable, type ConstantTable } from '../../../queries/sql/constant-table.ts'
import { ANSWER_FORMATS } from '../answer/answer-formats.ts'
import { KNOWN_SETTINGS } from '../request/known-settings.ts'

/** What the door understands: functions, types, formats and settings. */
export function languageTables(): [name: string, table: ConstantTable][] {
  return [
    ['functions', FUNCTIONS],
    ['settings', SETTINGS],
    ['data_type_families', TYPES],
    ['formats', OUTPUT_FORMATS],
    ['table_engines', constantTable({ name: 'String' }, () => [{ name: 'View' }])],
    ['table_functions', constantTable({ name: 'String', description: 'String' }, () => TABLE_FUNCTIONS)],
    ['one', constantTable({ dummy: 'UInt8' }, () => [{ dummy: 0 }])],
    ...NONE.map(([name, columns]): [string, ConstantTable] => [name, none(columns)]),
  ]
}

const FUNCTIONS = constantTable(
  {
    name: 'String',
    is_aggregate: 'UInt8',
    is_deterministic: 'Nullable(UInt8)',
    case_insensitive: 'UInt8',
    alias_to: 'String',
    create_query: 'String',
    origin: 'String',
    description: 'String',
    syntax: 'String',
    arguments: 'String',
    parameters: 'String',
    returned_value: 'String',
    examples: 'String',
    introduced_in: 'String',
    categories: 'String',
  },
  () => {
    const { scalar, aggregate, window } = allowedFunctions
    const named = (names: Iterable<string>, isAggregate: number): { name: string; is_aggregate: number }[] =>
      Array.from(names, (name) => ({ name, is_aggregate: isAggregate }))
    return [...named(scalar.values(), 0), ...named(aggregate.values(), 1), ...named(window.values(), 1)].map(
      (each) => ({
        ...each,
        is_deterministic: null,
        case_insensitive: 1,
        alias_to: '',
        create_query: '',
        origin: 'System',
        description: '',
        syntax: '',
        arguments: '',
        parameters: '',
        returned_value: '',
        examples: '',
        introduced_in: '',
        categories: '',
      }),
    )
  },
)

/** Clients send what they find here, and leave out what is not here or may only be read. */
const SETTINGS = constantTable(
  {
    name: 'String',
    value: 'String',
    changed: 'UInt8',
    description: 'String',
    min: 'Nullable(String)',
    max: 'Nullable(String)',
    readonly: 'UInt8',
    type: 'String',
    default: 'String',
    alias_for: 'String',
    is_obsolete: 'UInt8',
    tier: 'String',
  },
  () =>
    Array.from(KNOWN_SETTINGS, ([name, use]) => {
      const [value, type] = use.kind === 'ignored' ? ['', 'String'] : [use.fallback, use.type]
      const description = use.kind === 'ignored' ? 'Taken, and changes no answer here' : ''
      return {
        name,
        value,
        changed: 0,
        description,
        min: null,
        max: null,
        readonly: 0,
        type,
        default: value,
        alias_for: '',
        is_obsolete: 0,
        tier: 'Production',
      }
    }),
)

const TYPES = constantTable({ name: 'String', case_insensitive: 'UInt8', alias_to: 'String' }, () =>
  ALLOWED_TYPES.map((name) => ({ name, case_insensitive: 0, alias_to: '' })),
)

const OUTPUT_FORMATS = constantTable({ name: 'String', is_input: 'UInt8', is_output: 'UInt8' }, () =>
  ANSWER_FORMATS.map((name) => ({ name, is_input: 0, is_output: 1 })),
)

const TABLE_FUNCTIONS = [
  { name: 'numbers', description: 'numbers(count), numbers(first, count)' },
  { name: 'values', description: "values('name Type, …', (…), …)" },
] as const

/** What clients look for, and there is none of. */
const NONE = [
  ['dictionaries', 'database name'],
  ['clusters', 'cluster'],
  ['processes', 'query_id user query'],
  ['data_skipping_indices', 'database table name'],
  ['projections', 'database table name'],
] as const

function none(columns: string): ConstantTable {
  return { columns: columns.split(' ').map((name) => ({ name, type: 'String' })), rows: () => [] }
}
