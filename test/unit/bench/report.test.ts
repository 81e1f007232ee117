import { expect, it } from 'vitest'
import { pairedMeasurement, plainMeasurement } from '../../../bench/measurement.ts'
import { jsonLine } from '../../../bench/report/json-line.ts'
import { measurementTable } from '../../../bench/report/measurement-table.ts'

const paired = pairedMeasurement(
  { suite: 'codec', measure: 'encode', unit: 'events/s', baselineName: 'avsc alone', better: 'higher' },
  [{ ours: 123_456, baseline: 246_912 }],
)
const plain = plainMeasurement({ suite: 'latency', measure: 'p99', unit: 'ms' }, [12.345])

it('prints JSON lines with null for what there is not', () => {
  expect([paired, plain].map(jsonLine)).toEqual([
    '{"suite":"codec","measure":"encode","ours":123456,"baseline":246912,"baselineName":"avsc alone","unit":"events/s","ratio":0.5,"runs":1,"spread":0,"better":"higher"}',
    '{"suite":"latency","measure":"p99","ours":12.345,"baseline":null,"baselineName":null,"unit":"ms","ratio":null,"runs":1,"spread":0,"better":null}',
  ])
})

it('prints a table for people', () => {
  expect(measurementTable([paired, plain]).split('\n').slice(2)).toEqual([
    'codec    encode   123,500 events/s  246,900 (avsc alone)  0.500  0 %        1',
    'latency  p99      12.35 ms                                       0 %        1',
  ])
})
