import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Position } from '../../../base/position.ts'

/** One event that was acknowledged: which of its stream, and where the log says it is; null where the writer was not told. */
export interface Acknowledgement {
  readonly index: number
  readonly position: string | null
}

/** Stands for a position that is not known. */
const UNKNOWN = '-'

/** A position as one word. */
export function positionName({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}/${offset}`
}

/** Notes in a file what was acknowledged. What a killed process wrote to it is not lost: the system has it. */
export class Journal {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
    // Ends the line that a killed process may have left.
    writeSync(this.#file, '\n')
  }

  write(acknowledged: readonly Acknowledgement[]): void {
    if (acknowledged.length === 0) return
    writeSync(this.#file, acknowledged.map(({ index, position }) => `${index} ${position ?? UNKNOWN}\n`).join(''))
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** What a journal holds. A last line without its end was cut off by a kill, and may name another offset: it is left out. */
export function readJournal(path: string): Acknowledgement[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.flatMap((line) => {
    const [, index, position] = /^(\d+) ([^ /]+\/\d+\/\d+|-)$/.exec(line) ?? []
    if (index === undefined || position === undefined) return []
    return [{ index: Number(index), position: position === UNKNOWN ? null : position }]
  })
}
