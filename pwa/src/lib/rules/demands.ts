/** Which proof an act or a visit in vain wants, as the office has set it for the round's day.

The office decides by the same (`rounds/acts/demands.py`); both are held to `proof_rules.json`.
*/
import { failureProofs, type FailureReason } from './failures';
import type { ActDoc } from './round';

export type Demand = 'required' | 'asked' | 'off';
export type Ending = 'done' | 'failed';
export type SetProof = 'photo' | 'note' | 'sign_citizen';

/** A line that the office words otherwise than the house; without `act` it is for every act. */
export interface ProofRule {
  act: ActDoc['kind'] | null;
  ending: Ending;
  /** Of a visit in vain. */
  reason: FailureReason | null;
  proof: SetProof;
  demand: Demand;
}

/** At these doors a picture shows people or papers rather than the reason. */
const NO_PHOTO: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'DECEASED',
  'NO_ID',
  'NO_AUTHORITY',
  'NO_PIN',
  'FEE_UNPAID',
]);
const WHEN_DONE: Partial<Record<ActDoc['kind'], Demand>> = {
  'dossier.accept': 'required',
  'result.deliver': 'asked',
};

/** What the house asks where the office has said nothing. */
function usual(act: ActDoc['kind'], reason: FailureReason | null, proof: SetProof): Demand {
  if (reason === null) return proof === 'photo' ? (WHEN_DONE[act] ?? 'off') : 'off';
  if (proof === 'sign_citizen') return reason === 'REFUSED' ? 'asked' : 'off';
  if (failureProofs(reason).includes(proof)) return 'required';
  return proof === 'photo' && NO_PHOTO.has(reason) ? 'off' : 'asked';
}

/** What is asked: the office's word for this act, for every act, or the house's. `reason` is null
for an act done. */
export function findDemand(
  rules: readonly ProofRule[],
  act: ActDoc['kind'],
  reason: FailureReason | null,
  proof: SetProof,
): Demand {
  const ending: Ending = reason === null ? 'done' : 'failed';
  const said = rules.filter(
    (rule) => rule.ending === ending && rule.reason === reason && rule.proof === proof,
  );
  const word = said.find((rule) => rule.act === act) ?? said.find((rule) => rule.act === null);
  return word?.demand ?? usual(act, reason, proof);
}
