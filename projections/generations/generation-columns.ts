import { ExperienceError } from '../../base/experience-error.ts'
import { compareColumns, compareForms, formNotice, unwritable } from '../forms/compare-forms.ts'
import { currentForm, type ProjectionForm } from '../forms/form.ts'
import type { Generation } from './generation.ts'
import type { ReadModelStore } from '../read-model-store.ts'
import { storedForm, type StoredColumn, type StoredForm } from '../forms/stored-form.ts'
import { columnDefinitions, type Columns } from '../columns/table-columns.ts'

/** The columns of a release that a generation's tables have: what a projector inserts. */
export interface WritableColumns {
  readonly events: Partial<ProjectionForm['eventColumns']>
  readonly deadLetters: Partial<ProjectionForm['deadLetterColumns']>
}

/**
 * Looks up which columns a projector of this release has to insert. Errors: `FormMismatch` for a generation whose rows it cannot
 * make, `StorageError`, `Unavailable`.
 */
export async function writableColumns(
  store: ReadModelStore,
  generation: Generation,
  form: ProjectionForm = currentForm,
): Promise<WritableColumns> {
  const stored = await storedForm(store, generation)
  const refusal = unwritable(compareForms(stored, form))
  if (refusal !== null) {
    const message = `this release cannot project into generation ${generation.id}: ${refusal}. Start the release that made it, or run: experience-log rebuild`
    throw new ExperienceError('FormMismatch', message)
  }
  return {
    events: columnsWithin(form.eventColumns, stored.events),
    deadLetters: columnsWithin(form.deadLetterColumns, stored.deadLetters),
  }
}

function columnsWithin<C extends Columns>(columns: C, stored: readonly StoredColumn[]): Partial<C> {
  const names = new Set(stored.map(({ name }) => name))
  return Object.fromEntries(Object.entries(columns).filter(([name]) => names.has(name))) as Partial<C>
}

/**
 * Adds the columns that a generation's tables lack and can compute for the rows that they hold, which are not touched. Answers
 * with the form that the tables have then.
 */
export async function addColumns(
  store: ReadModelStore,
  generation: Generation,
  form: ProjectionForm,
): Promise<StoredForm> {
  const stored = await storedForm(store, generation)
  const events = await addTo(store, generation.eventsTable, stored.events, form.eventColumns)
  const deadLetters = await addTo(store, generation.deadLettersTable, stored.deadLetters, form.deadLetterColumns)
  return events || deadLetters ? storedForm(store, generation) : stored
}

/** Answers whether there was something to add. */
async function addTo(
  store: ReadModelStore,
  name: string,
  stored: readonly StoredColumn[],
  columns: Columns,
): Promise<boolean> {
  const lacking = new Set(compareColumns(stored, columns).lacking)
  const added = Object.entries(columns).filter(([key, { fallback }]) => lacking.has(key) && fallback !== undefined)
  if (added.length === 0) return false
  const definitions = added.map(([key, column]) => `ADD COLUMN IF NOT EXISTS ${columnDefinitions({ [key]: column })}`)
  await store.command({ sql: `ALTER TABLE ${store.table(name)} ${definitions.join(', ')}` })
  return true
}

/** What operators are told of a generation that is not of this release's form; null if there is nothing to tell. */
export async function generationNotice(
  store: ReadModelStore,
  generation: Generation,
  form: ProjectionForm = currentForm,
): Promise<string | null> {
  return formNotice(generation.id, form, compareForms(await storedForm(store, generation), form))
}
