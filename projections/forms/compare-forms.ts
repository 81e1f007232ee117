import type { ProjectionForm } from './form.ts'
import type { StoredColumn, StoredForm } from './stored-form.ts'
import type { Columns } from '../columns/table-columns.ts'

/** How a table differs from the columns of a release. */
export interface ColumnDifferences {
  /** Columns of the release that the table lacks. */
  readonly lacking: readonly string[]
  /** Columns that the table has in another type than the release. */
  readonly unfit: readonly string[]
  /** Columns of the table that the release does not know. */
  readonly unknown: readonly StoredColumn[]
}

export function compareColumns(stored: readonly StoredColumn[], columns: Columns): ColumnDifferences {
  const types = new Map(stored.map(({ name, type }) => [name, type]))
  const names = Object.keys(columns)
  return {
    lacking: names.filter((name) => !types.has(name)),
    unfit: names.filter((name) => types.has(name) && types.get(name) !== columns[name]?.type.sql),
    unknown: stored.filter(({ name }) => columns[name] === undefined),
  }
}

/** How a generation differs from the form of a release. */
export interface FormDifferences {
  readonly stored: number
  readonly version: number
  readonly events: ColumnDifferences
  readonly deadLetters: ColumnDifferences
}

export function compareForms(stored: StoredForm, form: ProjectionForm): FormDifferences {
  return {
    stored: stored.version,
    version: form.version,
    events: compareColumns(stored.events, form.eventColumns),
    deadLetters: compareColumns(stored.deadLetters, form.deadLetterColumns),
  }
}

/** Whether a newer release made the generation, or has added to it: its tables and views are then not this release's to change. */
export function isNewer({ stored, version, events, deadLetters }: FormDifferences): boolean {
  if (stored !== version) return stored > version
  // A newer release has all columns of the older one.
  const lacksNone = events.lacking.length + deadLetters.lacking.length === 0
  return lacksNone && events.unknown.length + deadLetters.unknown.length > 0
}

/** Why a release cannot project into a generation, in words; null if it can. */
export function unwritable({ stored, version, events, deadLetters }: FormDifferences): string | null {
  if (stored > version) return `it has form ${stored}, and this release knows ${version}`
  for (const [name, { unfit, unknown }] of tablesOf({ events, deadLetters })) {
    const needed = unknown.filter(({ hasDefault }) => !hasDefault).map((column) => column.name)
    if (needed.length > 0) return `its table of ${name} has columns that this release does not know: ${list(needed)}`
    if (unfit.length > 0) return `its table of ${name} has columns of another type than this release: ${list(unfit)}`
  }
  return null
}

/** What operators are told of a generation that is not of the release's form; null if there is nothing to tell. */
export function formNotice(id: string, form: ProjectionForm, differences: FormDifferences): string | null {
  const { stored, events, deadLetters } = differences
  const refusal = unwritable(differences)
  if (isNewer(differences)) {
    if (refusal === null) return null
    return `generation ${id} was made by a newer release: ${refusal}. This release reads it, but only the newer one can project into it`
  }
  const changes = form.changes.map((change, index) => `form ${index + 2}: ${change}`).slice(stored - 1)
  for (const [name, { lacking, unfit }] of tablesOf({ events, deadLetters })) {
    if (lacking.length > 0) changes.push(`${name}: new ${list(lacking)}, empty in this generation`)
    if (unfit.length > 0)
      changes.push(`${name}: ${list(unfit)} of another type: nothing is projected until the rebuild`)
  }
  if (changes.length === 0) return null
  return [
    `this release changes the projection; generation ${id} (form ${stored}) is served until it is rebuilt:`,
    ...changes.map((change) => `  ${change}`),
    'run: experience-log rebuild',
  ].join('\n')
}

function tablesOf({ events, deadLetters }: Pick<FormDifferences, 'events' | 'deadLetters'>) {
  return [
    ['events', events],
    ['dead letters', deadLetters],
  ] as const
}

function list(names: readonly string[]): string {
  return names.join(', ')
}
