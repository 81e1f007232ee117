import { readOperand } from './parse-operand.ts'
import { readInSet } from './parse-in.ts'
import { readType } from './parse-type.ts'
import type { BinaryOperator, Expression } from '../syntax-tree.ts'
import type { TokenReader } from './token-reader.ts'

/** So many operators of one kind in a row: each is a level of the tree. AND and OR have no such limit. */
const MAX_IN_A_ROW = 100

const COMPARISONS: Readonly<Record<string, BinaryOperator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '<=>': '<=>',
}

/** Any expression, from the weakest operator to the strongest. Throws `SqlRefused`. */
export function readExpression(reader: TokenReader): Expression {
  const { at } = reader.token
  const condition = readChain(reader, 'OR', () => readChain(reader, 'AND', () => readNegation(reader)))
  if (!reader.tookSymbol('?')) return condition
  const first = reader.expression()
  reader.expectSymbol(':')
  const args = [condition, first, reader.expression()]
  return {
    kind: 'call',
    name: 'if',
    parameters: null,
    isDistinct: false,
    arguments: args,
    over: null,
    at,
    end: reader.endBefore,
  }
}

function readChain(reader: TokenReader, operator: 'AND' | 'OR', readOne: () => Expression): Expression {
  const { at } = reader.token
  const operands = [readOne()]
  while (reader.tookWords(operator)) operands.push(readOne())
  return operands.length === 1 ? operands[0]! : { kind: 'chain', operator, operands, at, end: reader.endBefore }
}

function readNegation(reader: TokenReader): Expression {
  const { at } = reader.token
  if (!reader.tookWords('NOT')) return readComparison(reader)
  const operand = reader.deeper(() => readNegation(reader))
  return { kind: 'unary', operator: 'NOT', operand, at, end: reader.endBefore }
}

function readComparison(reader: TokenReader): Expression {
  let left = readSum(reader)
  for (let count = 0; ; count++) {
    checkRow(reader, count)
    const next = readTest(reader, left)
    if (next === null) return left
    left = next
  }
}

/** What may follow a value: a comparison, IS NULL, BETWEEN, IN, LIKE. Null where none does. */
function readTest(reader: TokenReader, operand: Expression): Expression | null {
  const { at } = operand
  const { kind, text } = reader.token
  const comparison = kind === 'symbol' ? COMPARISONS[text] : undefined
  if (comparison !== undefined) {
    reader.take()
    return binary(reader, comparison, operand, readSum(reader))
  }
  if (reader.tookWords('IS')) {
    const isNot = reader.tookWords('NOT')
    reader.expectWords('NULL')
    return { kind: 'is-null', isNot, operand, at, end: reader.endBefore }
  }
  if (reader.isWords('GLOBAL')) throw reader.refused('not_supported', 'GLOBAL: write IN alone')
  const isNot =
    (reader.isWords('NOT', 'IN') ||
      reader.isWords('NOT', 'LIKE') ||
      reader.isWords('NOT', 'ILIKE') ||
      reader.isWords('NOT', 'REGEXP') ||
      reader.isWords('NOT', 'BETWEEN')) &&
    reader.tookWords('NOT')
  if (reader.tookWords('IN')) {
    const set = reader.deeper(() => readInSet(reader))
    return { kind: 'in', isNot, operand, set, at, end: reader.endBefore }
  }
  if (reader.tookWords('BETWEEN')) {
    const low = readSum(reader)
    reader.expectWords('AND')
    const high = readSum(reader)
    return { kind: 'between', isNot, operand, low, high, at, end: reader.endBefore }
  }
  const like = reader.tookOneOf('LIKE', 'ILIKE', 'REGEXP')
  return like === null ? null : binary(reader, isNot ? `NOT ${like}` : like, operand, readSum(reader))
}

function readSum(reader: TokenReader): Expression {
  return readRow(reader, ['||'], () =>
    readRow(reader, ['+', '-'], () => readRow(reader, ['*', '/', '%'], () => readSign(reader))),
  )
}

function readRow(reader: TokenReader, operators: readonly BinaryOperator[], readOne: () => Expression): Expression {
  let left = readOne()
  for (let count = 0; ; count++) {
    checkRow(reader, count)
    const operator = operators.find((each) => reader.tookSymbol(each))
    if (operator === undefined) return left
    left = binary(reader, operator, left, readOne())
  }
}

function readSign(reader: TokenReader): Expression {
  const { at } = reader.token
  if (reader.tookSymbol('+')) return reader.deeper(() => readSign(reader))
  if (!reader.tookSymbol('-')) return readSuffixes(reader, readOperand(reader))
  const operand = reader.deeper(() => readSign(reader))
  return { kind: 'unary', operator: '-', operand, at, end: reader.endBefore }
}

/** `[index]`, `.1` and `::Type`, as many as follow. */
function readSuffixes(reader: TokenReader, operand: Expression): Expression {
  let left = operand
  const { at } = operand
  for (let count = 0; ; count++) {
    checkRow(reader, count)
    if (reader.tookSymbol('[')) {
      const index = reader.expression()
      reader.expectSymbol(']')
      left = { kind: 'subscript', operand: left, index, at, end: reader.endBefore }
    } else if (reader.tookSymbol('::')) {
      left = { kind: 'cast', operand: left, type: readType(reader), at, end: reader.endBefore }
    } else if (reader.isSymbol('.') && reader.ahead(1).kind === 'number') {
      reader.take()
      left = { kind: 'member', operand: left, number: reader.take().text, at, end: reader.endBefore }
    } else {
      return left
    }
  }
}

function binary(reader: TokenReader, operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { kind: 'binary', operator, left, right, at: left.at, end: reader.endBefore }
}

function checkRow(reader: TokenReader, count: number): void {
  if (count > MAX_IN_A_ROW) throw reader.refused('too_large', `more than ${MAX_IN_A_ROW} operators in a row`)
}
