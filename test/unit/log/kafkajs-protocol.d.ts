// What the tests use of kafkajs's protocol, to compare with.
declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buffer: Buffer
    writeInt8(value: number): this
    writeInt16(value: number): this
    writeInt32(value: number): this
    writeInt64(value: string): this
    writeString(value: string | null): this
    writeBytes(value: Buffer): this
    writeArray(values: readonly Encoder[]): this
  }
}
declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js'
  const produce: {
    protocol(options: { version: number }): (request: object) => {
      request: { encode(): Promise<Encoder> }
      response: { decode(payload: Buffer): Promise<unknown> }
    }
  }
  export default produce
}
declare module 'kafkajs/src/protocol/requests/fetch/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js'
  const fetch: {
    protocol(options: { version: number }): (request: object) => {
      request: { encode(): Promise<Encoder> }
      response: {
        decode(payload: Buffer): Promise<{
          readonly errorCode?: number
          readonly clientSideThrottleTime?: number
          readonly responses: readonly {
            readonly topicName: string
            readonly partitions: readonly {
              readonly partition: number
              readonly errorCode: number
              readonly abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[]
              readonly messages: readonly {
                readonly offset: string
                readonly timestamp: string
                readonly key: Buffer | null
                readonly value: Buffer | null
                readonly headers: Readonly<Record<string, Buffer | Buffer[]>>
              }[]
            }[]
          }[]
        }>
      }
    }
  }
  export default fetch
}
