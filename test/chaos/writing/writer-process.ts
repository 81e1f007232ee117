import { readSettings } from '../../../service/settings.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { openProducer } from '../../../service/wiring/open-producer.ts'
import { readTask, type WriterTask } from '../processes/child-task.ts'
import { hurryWhenTold } from './hurry-when-told.ts'
import { Pace } from './pace.ts'
import { writeStream } from './write-stream.ts'

/* A producer's process: writes one stream to the log that the environment names, then ends with 0. */
const { spec, journal, perSecond } = readTask() as WriterTask
const pace = new Pace(perSecond)
hurryWhenTold(pace)
const settings = readSettings(process.env)
const log = await openLog(settings)
const producer = await openProducer(log, settings)
process.stderr.write('ready\n')
await writeStream(producer, { spec, journal, pace })
await producer.close()
await log.close()
// The channel to the parent would keep this process alive.
process.exit(0)
