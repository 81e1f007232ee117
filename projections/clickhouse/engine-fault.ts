/** ClickHouse's number and name of a fault, without its words, which may quote data: the cause of a `StorageError`. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault'
  readonly number: number

  constructor(number: number, type: string) {
    super(type)
    this.number = number
  }
}
