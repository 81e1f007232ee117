import { words } from './scalars.ts'

export const DecisionStep = words('DecisionStep', ['Reasoning', 'Evaluation', 'Planning'])
