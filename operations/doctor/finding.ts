import type { Severity } from './topic-faults.ts'

/** What was looked at. */
export type Area = 'machine' | 'log' | 'registry' | 'read model' | 'projection'

/** What an examination found. */
export interface Finding {
  readonly area: Area
  /** `fine` and `note` ask for nothing. */
  readonly severity: Severity | 'fine'
  readonly message: string
  /** What to do about it: a command or a sentence; null where nothing is to be done. */
  readonly next: string | null
}

/** A finding that asks for nothing. */
export function fine(area: Area, message: string): Finding {
  return { area, severity: 'fine', message, next: null }
}

/** 12,345,678 bytes as people read them: `11.8 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  return `${unit === 0 ? bytes : (bytes / 1024 ** unit).toFixed(1)} ${units[unit]}`
}
