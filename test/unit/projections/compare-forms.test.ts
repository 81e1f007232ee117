import { describe, expect, test } from 'vitest'
import { compareForms, formNotice, isNewer, unwritable } from '../../../projections/forms/compare-forms.ts'
import { currentForm } from '../../../projections/forms/form.ts'
import { formMark, formVersionOf, type StoredColumn, type StoredForm } from '../../../projections/forms/stored-form.ts'
import type { Columns } from '../../../projections/columns/table-columns.ts'

function storedAs(columns: Columns): StoredColumn[] {
  return Object.entries(columns).map(([name, { type }]) => ({ name, type: type.sql, hasDefault: false }))
}
const events = storedAs(currentForm.eventColumns)
const deadLetters = storedAs(currentForm.deadLetterColumns)
const byHand: StoredColumn = { name: 'note', type: 'String', hasDefault: true }

function compare(stored: Partial<StoredForm> = {}) {
  return compareForms({ version: currentForm.version, events, deadLetters, ...stored }, currentForm)
}

describe('the form of a generation', () => {
  test('is read from the comment of its table, and is the first where that says nothing', () => {
    expect(formVersionOf(`Experience events; ${formMark(12)}`)).toBe(12)
    expect(formVersionOf('Experience events')).toBe(1)
  })

  test('that is the same gives nothing to tell', () => {
    expect(isNewer(compare())).toBe(false)
    expect(unwritable(compare())).toBeNull()
    expect(formNotice('x', currentForm, compare())).toBeNull()
  })

  test('is newer by its version, whatever its columns', () => {
    const later = compare({ version: currentForm.version + 1, events: events.slice(1) })
    expect(isNewer(later)).toBe(true)
    expect(formNotice('x', currentForm, later)).toContain('made by a newer release')
  })

  test('is newer by a column that can be left out, which is nothing to tell', () => {
    const later = compare({ deadLetters: [...deadLetters, byHand] })
    expect(isNewer(later)).toBe(true)
    expect(unwritable(later)).toBeNull()
    expect(formNotice('x', currentForm, later)).toBeNull()
  })

  test('is not newer by a column of somebody else, where it lacks one of the release', () => {
    const other = compare({ events: [...events.slice(1), byHand] })
    expect(isNewer(other)).toBe(false)
    expect(formNotice('x', currentForm, other)).toContain('events: new tenant_id')
  })

  test('cannot be written where a column cannot be left out, or is of another type', () => {
    const [first, ...others] = deadLetters
    const needed = compare({ deadLetters: [...deadLetters, { ...byHand, hasDefault: false }] })
    expect(unwritable(needed)).toBe('its table of dead letters has columns that this release does not know: note')
    const retyped = compare({ deadLetters: [{ ...first!, type: 'UInt8' }, ...others] })
    expect(unwritable(retyped)).toBe(
      'its table of dead letters has columns of another type than this release: tenant_id',
    )
  })
})
