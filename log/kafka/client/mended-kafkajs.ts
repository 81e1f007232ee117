import kafkajs from 'kafkajs'
import { mendConnections } from './mend-connections.ts'

mendConnections()

/** kafkajs, whose lost connections come back, and whose idle ones rest. */
export default kafkajs
