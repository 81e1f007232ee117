import { calibration } from './calibration.ts'
import { chainRetries } from './chain-retries.ts'
import { gateWaits } from './gate-waits.ts'
import { outcomeAdapters } from './outcome-adapters.ts'
import { outcomeCosts } from './outcome-costs.ts'
import { outcomePolicies } from './outcome-policies.ts'
import type { QuestionView } from './question-view.ts'

export const questionViews: readonly QuestionView[] = [
  calibration,
  gateWaits,
  outcomeCosts,
  chainRetries,
  outcomePolicies,
  outcomeAdapters,
]
