import type { Domain } from './domain.ts'

const logistics: Domain = {
  name: 'logistics',
  thing: 'shipment',
  subjects: ['reefer container', 'express parcel lane', 'cross-dock slot', 'customs hold', 'last-mile route'],
  places: ['Rotterdam', 'Łódź', 'Gdańsk', 'Hamburg', 'Antwerp', 'São Paulo'],
  questions: [
    ({ subject, place, count }) =>
      `Which ${subject} bookings through ${place} slipped by more than ${count} hours, and why?`,
    ({ subject, place }) => `Earlier decisions on re-routing a ${subject} away from ${place} during a berth shortage`,
    ({ place, share }) => `Carriers into ${place} with an on-time rate under ${share} % in the last quarter`,
  ],
  claims: [
    ({ subject, place, share }) =>
      `${share} % of the ${subject} delays at ${place} come from late gate-in documents, not from the carrier.`,
    ({ place, count }) =>
      `Moving the ${place} cut-off ${count} hours earlier would clear the Friday backlog without another truck.`,
    ({ subject, place }) =>
      `The ${subject} into ${place} may be released: seal, temperature log and commercial invoice agree.`,
  ],
  plans: [
    ({ subject, place, count }) =>
      `1. Rebook ${count} units of the ${subject} through ${place} on the Tuesday departure. 2. Tell the consignees the new window. 3. Hold the cold-store slot until the pilot confirms the berth.`,
    ({ place, count }) =>
      `Split the ${place} wave in two: the ${count} orders with a delivery promise leave first, the rest rides with the evening shuttle; ask dispatch before overtime is used.`,
  ],
  findings: [
    ({ place, share }) => `Dwell time at ${place} fell by ${share} % once documents were checked before arrival.`,
    ({ subject, count }) =>
      `${count} events of the ${subject} have no proof of delivery attached; the claim stands without them.`,
  ],
  contracts: [
    { name: 'capacity_not_exceeded', failure: 'the departure has 2 slots left, the plan needs 5' },
    { name: 'cold_chain_unbroken', failure: 'no temperature reading between 04:10 and 06:55' },
    { name: 'customs_documents_present', failure: 'EUR.1 certificate is missing' },
  ],
  truths: ['consignee-consent', 'carrier-contract-valid', 'dangerous-goods-declared'],
}

const banking: Domain = {
  name: 'banking',
  thing: 'case',
  subjects: ['card dispute', 'credit line review', 'sanctions alert', 'mortgage pre-check', 'cash-flow forecast'],
  places: ['Oslo', 'Zürich', 'Kraków', 'Lisbon', 'Edinburgh'],
  questions: [
    ({ subject, place }) => `How were comparable ${subject} cases at the ${place} desk decided, and on which evidence?`,
    ({ subject, count }) => `Policy paragraphs that apply to a ${subject} older than ${count} days`,
    ({ place, share }) => `Merchants in ${place} whose charge-back share is above ${share} %`,
  ],
  claims: [
    ({ subject, count }) =>
      `The ${subject} matches ${count} earlier cases with the same merchant code; all were settled for the customer.`,
    ({ place, share }) =>
      `Exposure of the ${place} book stays below the limit after the change: ${share} % of the cap is used.`,
    ({ subject }) =>
      `The ${subject} is a false positive: the name matches, the date of birth and the nationality do not.`,
  ],
  plans: [
    ({ subject, count }) =>
      `Close the ${subject} in the customer's favour, refund within ${count} working days, and send the merchant the evidence request with the standard deadline. No limit is changed.`,
    ({ place, share }) =>
      `Ask the ${place} desk for the two missing pay slips; with them the affordability check passes at ${share} % of income. Without an answer in ten days the application lapses.`,
  ],
  findings: [
    ({ subject, share }) => `${share} % of what the ${subject} needed was already in the file.`,
    ({ place, count }) => `The ${place} desk overruled the proposal in ${count} of the last 200 cases.`,
  ],
  contracts: [
    { name: 'four_eyes_principle', failure: 'proposer and reviewer are the same agent' },
    { name: 'exposure_limit', failure: 'limit of the counterparty is exceeded by 1.2 million' },
    { name: 'evidence_cited', failure: 'the second claim cites no document' },
  ],
  truths: ['kyc-current', 'no-open-sanctions-alert', 'customer-consent'],
}

const energy: Domain = {
  name: 'energy',
  thing: 'asset',
  subjects: ['wind turbine', 'battery park', 'substation transformer', 'day-ahead position', 'heat network loop'],
  places: ['Esbjerg', 'Tarifa', 'Cuxhaven', 'Piteå', 'Groningen'],
  questions: [
    ({ subject, place }) =>
      `Maintenance notes for the ${subject} at ${place} that mention vibration or oil temperature`,
    ({ place, count }) => `Grid events near ${place} with more than ${count} MW of curtailment`,
    ({ subject, share }) => `When did the ${subject} last run above ${share} % load for a full day?`,
  ],
  claims: [
    ({ subject, place, share }) =>
      `Bearing wear of the ${subject} at ${place} explains ${share} % of the lost output; weather does not.`,
    ({ place, count }) =>
      `Shifting ${count} MWh from the evening peak at ${place} pays for the cycle losses of the battery.`,
    ({ subject }) =>
      `The ${subject} can stay in service until the planned outage: dissolved gas is stable for six weeks.`,
  ],
  plans: [
    ({ subject, place, count }) =>
      `Derate the ${subject} at ${place} to 80 %, order the bearing set, and book the crane for the next calm window of ${count} hours. Tell the balancing party before noon.`,
    ({ place, share }) =>
      `Charge at ${place} between 02:00 and 05:00 to ${share} %, bid the rest as upward reserve, and stop when the spread falls under 18 €/MWh.`,
  ],
  findings: [
    ({ place, share }) => `Forecast error at ${place} is ${share} % smaller with the mast data than without.`,
    ({ subject, count }) => `${count} alarms of the ${subject} came from one loose sensor cable.`,
  ],
  contracts: [
    { name: 'within_operating_envelope', failure: 'winding temperature would reach 104 °C' },
    { name: 'reserve_obligation_met', failure: '6 MW short between 17:00 and 18:00' },
    { name: 'work_permit_open', failure: 'the permit ended yesterday' },
  ],
  truths: ['crew-certified', 'grid-operator-informed', 'spare-part-in-stock'],
}

const health: Domain = {
  name: 'health',
  thing: 'referral',
  subjects: [
    'discharge letter',
    'appointment waiting list',
    'medication reconciliation',
    'imaging referral',
    'ward roster',
  ],
  places: ['ward 4B', 'the eye clinic', 'oncology day care', 'the emergency department', 'radiology'],
  questions: [
    ({ subject, place }) => `What does the guideline say about a ${subject} from ${place} without a lab result?`,
    ({ place, count }) => `Patients of ${place} who have waited longer than ${count} days and have no date`,
    ({ subject }) => `Earlier corrections to a ${subject} that a clinician asked for`,
  ],
  claims: [
    ({ subject, place }) => `The ${subject} from ${place} lists the same anticoagulant twice under two brand names.`,
    ({ place, share }) => `${share} % of the no-shows at ${place} had their reminder sent to an old number.`,
    ({ subject, count }) => `The ${subject} is complete: ${count} of ${count} required fields are filled and signed.`,
  ],
  plans: [
    ({ subject, place }) =>
      `Send the ${subject} back to ${place} with the two doses marked, ask the pharmacist on call to confirm, and do not file it before she has. Nothing is changed in the record itself.`,
    ({ place, count }) =>
      `Offer ${count} released slots at ${place} to the longest waiting first, by text message, with a reply until 18:00; what is left goes to the phone list.`,
  ],
  findings: [
    ({ place, share }) => `${share} % of the letters from ${place} left within a day of discharge.`,
    ({ subject, count }) => `${count} of the ${subject} drafts were signed without a change.`,
  ],
  contracts: [
    { name: 'no_patient_name_in_prompt', failure: 'a surname is left in line 14' },
    { name: 'clinician_sign_off', failure: 'signature is older than the last change' },
    { name: 'dose_within_range', failure: 'the daily dose exceeds the maximum for this renal function' },
  ],
  truths: ['consent-recorded', 'guideline-version-current', 'allergies-checked'],
}

const software: Domain = {
  name: 'software',
  thing: 'change',
  subjects: [
    'flaky checkout test',
    'database migration',
    'memory leak in the gateway',
    'dependency upgrade',
    'rate limiter',
  ],
  places: ['payments-api', 'search-indexer', 'mobile-bff', 'billing-worker', 'edge-gateway'],
  questions: [
    ({ subject, place }) => `Incidents in ${place} that were traced to a ${subject}`,
    ({ place, count }) => `Commits to ${place} in the last ${count} days that touched retry or time-out settings`,
    ({ subject }) => `How did other teams roll back a ${subject} without losing writes?`,
  ],
  claims: [
    ({ subject, place, count }) =>
      `The ${subject} in ${place} appears only when more than ${count} requests share one connection.`,
    ({ place, share }) =>
      `${share} % of the p99 of ${place} is spent waiting for a lock that the new index makes needless.`,
    ({ subject, place }) => `It is safe to ship the ${subject} to ${place}: both versions read what the other writes.`,
  ],
  plans: [
    ({ subject, place, share }) =>
      `Put the ${subject} behind a flag, send ${share} % of the traffic of ${place} through it for an hour, compare error budgets, then go to all regions or switch it off.`,
    ({ place, count }) =>
      `1. Add the index concurrently. 2. Backfill ${place} in batches of ${count}00 rows. 3. Drop the old column in the next release, not in this one.`,
  ],
  findings: [
    ({ place, count }) => `A heap snapshot of ${place} shows ${count} MB held by closed sockets.`,
    ({ subject, share }) => `The ${subject} failed in ${share} % of the runs on two cores and in none on eight.`,
  ],
  contracts: [
    { name: 'tests_pass', failure: '3 of 812 tests fail on Node 20' },
    { name: 'backwards_compatible', failure: 'the field `total` was removed from the answer' },
    { name: 'error_budget_left', failure: '0.02 % of the monthly budget is left' },
  ],
  truths: ['owner-approved', 'rollback-tested', 'no-open-incident'],
}

export const domains: readonly Domain[] = [logistics, banking, energy, health, software]
