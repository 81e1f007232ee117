import { readSettings } from '../../../service/settings.ts'
import { Service } from '../../../service/wiring/service.ts'
import { readTask, type WriterTask } from '../processes/child-task.ts'
import { hurryWhenTold } from '../writing/hurry-when-told.ts'
import { Pace } from '../writing/pace.ts'
import { writeStream } from '../writing/write-stream.ts'

/* Hosts log and read model: writes a stream and projects it meanwhile, then ends with 0. SIGTERM ends it in order before that. */
const { spec, journal, perSecond } = readTask() as WriterTask
const pace = new Pace(perSecond)
hurryWhenTold(pace)
const service = await Service.open(readSettings(process.env), {
  notProjected: (error) =>
    process.stderr.write(`cannot project: ${error instanceof Error ? error.message : String(error)}\n`),
})
function ended(): void {
  // The rest of the stream is for the next process.
  void service.close().then(() => process.exit(0))
}
process.on('SIGTERM', ended)
const projecting = service.project()
const producer = await service.openProducer()
process.stderr.write('ready\n')
await Promise.race([writeStream(producer, { spec, journal, pace }), projecting])
await producer.close()
await service.close()
process.exit(0)
