/**
 * Functions whose answer depends on their arguments alone (and the clock): what is not listed is refused. Left out on purpose is what
 * - reads elsewhere: `file`, `dictGet…`, `joinGet`, `hasColumnInTable`, `catboostEvaluate`, `evalMLMethod` …
 * - tells of the server or how rows are stored: `hostName`, `getSetting`, `version`, `uptime`, `blockNumber`, `rowNumberIn…`, `byteSize`,
 *   `dumpColumnStructure`, `lowCardinalityKeys`, `runningDifference`, `neighbor` …
 * - takes the name of a function or a statement as a text: `arrayReduce…`, `initializeAggregation`, `viewExplain`, `formatRow` …
 * - runs long without looking at the time: `sleep`, `arrayFold`, edit distances, `seriesDecomposeSTL`, `timeSlots` …
 * - fails or changes by intent: `throwIf`, `rand…`, `generateUUID…`
 */
const SCALARS = `
  abs negate plus minus multiply divide intDiv intDivOrZero modulo moduloOrZero positiveModulo greatest least sign
  round roundBankers floor ceil trunc sqrt cbrt exp exp2 exp10 log log2 log10 log1p ln pow power sin cos tan asin acos atan atan2
  degrees radians pi e gcd lcm isFinite isInfinite isNaN ifNotFinite width_bucket
  bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount

  equals notEquals less greater lessOrEquals greaterOrEquals isDistinctFrom isNotDistinctFrom and or xor not
  if multiIf ifNull nullIf coalesce isNull isNotNull assumeNotNull toNullable isZeroOrNull transform

  toString toFixedString toBool
  toUInt8 toUInt16 toUInt32 toUInt64 toUInt128 toUInt256 toInt8 toInt16 toInt32 toInt64 toInt128 toInt256 toFloat32 toFloat64
  toUInt8OrNull toUInt16OrNull toUInt32OrNull toUInt64OrNull toInt8OrNull toInt16OrNull toInt32OrNull toInt64OrNull
  toUInt8OrZero toUInt16OrZero toUInt32OrZero toUInt64OrZero toInt8OrZero toInt16OrZero toInt32OrZero toInt64OrZero
  toFloat32OrNull toFloat64OrNull toFloat32OrZero toFloat64OrZero
  toDecimal32 toDecimal64 toDecimal128 toDecimal64OrNull toDecimal128OrNull toDecimal64OrZero toDecimal128OrZero toDecimalString
  toUUID toUUIDOrNull accurateCast accurateCastOrNull toTypeName

  toDate toDate32 toDateTime toDateTime64 toDateOrNull toDateTimeOrNull toDateTime64OrNull toDateOrZero toDateTimeOrZero
  parseDateTime parseDateTimeOrNull parseDateTimeBestEffort parseDateTimeBestEffortOrNull parseDateTime64BestEffort
  parseDateTime64BestEffortOrNull formatDateTime fromUnixTimestamp fromUnixTimestamp64Milli fromUnixTimestamp64Micro fromUnixTimestamp64Nano
  toUnixTimestamp toUnixTimestamp64Second toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano
  now now64 today yesterday toTimeZone toYear toQuarter toMonth toDayOfYear toDayOfMonth toDayOfWeek toHour toMinute toSecond
  toISOYear toISOWeek toWeek toYearWeek toStartOfYear toStartOfISOYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay
  toStartOfHour toStartOfMinute toStartOfSecond toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes toStartOfInterval
  toMonday toLastDayOfMonth toLastDayOfWeek toRelativeDayNum toRelativeHourNum toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss
  dateTrunc dateDiff age dateName monthName makeDate makeDateTime
  addSeconds addMinutes addHours addDays addWeeks addMonths addQuarters addYears
  subtractSeconds subtractMinutes subtractHours subtractDays subtractWeeks subtractMonths subtractQuarters subtractYears
  toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear

  length lengthUTF8 empty notEmpty lower upper lowerUTF8 upperUTF8 reverse reverseUTF8 concat concatWithSeparator substring substringUTF8
  left right leftUTF8 rightUTF8 leftPad rightPad trim trimLeft trimRight trimBoth startsWith endsWith position positionUTF8
  positionCaseInsensitive positionCaseInsensitiveUTF8 locate countSubstrings countSubstringsCaseInsensitive like notLike ilike notILike match extract
  extractAll extractGroups extractAllGroupsVertical countMatches replaceOne replaceAll replace replaceRegexpOne replaceRegexpAll
  splitByChar splitByString splitByRegexp splitByWhitespace splitByNonAlpha alphaTokens ngrams tokens arrayStringConcat format repeat
  ascii char initcap substringIndex multiSearchAny multiSearchAnyCaseInsensitive multiSearchFirstIndex hasToken hasTokenCaseInsensitive
  hex unhex bin base64Encode base64Decode tryBase64Decode encodeURLComponent decodeURLComponent domain domainWithoutWWW protocol path
  formatReadableSize formatReadableDecimalSize formatReadableQuantity formatReadableTimeDelta bar isValidUTF8 toValidUTF8
  cityHash64 sipHash64 xxHash32 xxHash64 farmHash64 murmurHash3_64 halfMD5 MD5 SHA1 SHA256 CRC32

  array emptyArrayString arrayConcat arrayElement arrayElementOrNull has hasAll hasAny hasSubstr indexOf countEqual arrayEnumerate
  arrayEnumerateUniq arrayPopBack arrayPopFront arrayPushBack arrayPushFront arrayResize arraySlice arraySort arrayReverseSort
  arrayPartialSort arrayUniq arrayJoin arrayDifference arrayDistinct arrayIntersect arrayReverse arrayFlatten arrayCompact arrayZip
  arrayMap arrayFilter arrayFill arraySplit arrayExists arrayAll arrayFirst arrayFirstOrNull arrayLast arrayLastOrNull arrayFirstIndex
  arrayLastIndex arrayMin arrayMax arraySum arrayAvg arrayCount arrayCumSum arrayProduct arrayWithConstant range
  tuple tupleElement map mapContains mapKeys mapValues mapFilter mapApply mapFromArrays

  isValidJSON JSONHas JSONLength JSONType JSONExtract JSONExtractString JSONExtractInt JSONExtractUInt JSONExtractFloat JSONExtractBool
  JSONExtractRaw JSONExtractArrayRaw JSONExtractKeys JSONExtractKeysAndValuesRaw JSONExtractKeysAndValues simpleJSONHas simpleJSONExtractString
  simpleJSONExtractInt simpleJSONExtractUInt simpleJSONExtractFloat simpleJSONExtractBool simpleJSONExtractRaw JSON_VALUE JSON_QUERY JSON_EXISTS
  toJSONString
`

/** Aggregate functions that keep to the rows that they are given. None that takes or gives a state, or the name of a function as a text. */
const AGGREGATES = `
  count sum sumKahan avg min max any anyLast anyHeavy first_value last_value argMin argMax avgWeighted
  uniq uniqExact uniqCombined uniqCombined64 uniqHLL12
  groupArray groupUniqArray groupArrayLast groupArraySorted groupConcat groupBitAnd groupBitOr groupBitXor
  quantile quantiles quantileExact quantilesExact quantileExactLow quantileExactHigh quantileExactWeighted quantileTDigest quantilesTDigest
  quantileTDigestWeighted quantileTiming quantilesTiming quantileDD quantilesDD quantileBFloat16 quantilesBFloat16 quantileInterpolatedWeighted
  median medianExact medianTDigest topK topKWeighted histogram sumMappedArrays minMappedArrays maxMappedArrays
  varPop varSamp stddevPop stddevSamp stddevPopStable stddevSampStable covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp
  simpleLinearRegression boundingRatio deltaSum deltaSumTimestamp windowFunnel retention exponentialMovingAverage maxIntersections
`

/** Functions that need OVER. */
const WINDOW_FUNCTIONS =
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead lagInFrame leadInFrame nth_value'

/** Names that the engine knows by its grammar only. */
const OTHER_NAMES: Readonly<Record<string, string>> = { date_trunc: 'dateTrunc', date_diff: 'dateDiff' }

const COMBINATORS = ['If', 'Distinct', 'OrNull', 'OrDefault', 'Array'] as const
const MAX_COMBINATORS = 3

/** Functions whose last argument is a type, as a text. */
export const TYPE_IS_LAST: ReadonlySet<string> = new Set([
  'accurateCast',
  'accurateCastOrNull',
  'JSONExtract',
  'JSONExtractKeysAndValues',
])

export const allowedFunctions = {
  scalar: named(SCALARS),
  aggregate: named(AGGREGATES),
  window: named(WINDOW_FUNCTIONS),
} as const

export interface AllowedFunction {
  readonly kind: 'scalar' | 'aggregate' | 'window'
  /** As the engine spells it. */
  readonly name: string
}

/** The function of a name in any case, with the combinators of aggregate functions; null for what is not allowed. */
export function allowedFunction(name: string): AllowedFunction | null {
  const written = name.toLowerCase()
  const lower = Object.hasOwn(OTHER_NAMES, written) ? OTHER_NAMES[written]!.toLowerCase() : written
  for (const kind of ['scalar', 'aggregate', 'window'] as const) {
    const found = allowedFunctions[kind].get(lower)
    if (found !== undefined) return { kind, name: found }
  }
  const combined = combinedAggregate(lower, MAX_COMBINATORS)
  return combined === null ? null : { kind: 'aggregate', name: combined }
}

function combinedAggregate(lower: string, most: number): string | null {
  if (most === 0) return null
  for (const combinator of COMBINATORS) {
    if (!lower.endsWith(combinator.toLowerCase())) continue
    const rest = lower.slice(0, -combinator.length)
    const base = allowedFunctions.aggregate.get(rest) ?? combinedAggregate(rest, most - 1)
    if (base !== null) return `${base}${combinator}`
  }
  return null
}

function named(list: string): ReadonlyMap<string, string> {
  return new Map(
    list
      .trim()
      .split(/\s+/)
      .map((name) => [name.toLowerCase(), name]),
  )
}
