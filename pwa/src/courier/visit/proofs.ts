/** Which proof an act or a failed visit wants: required, asked for, or not taken at all.

What is required here the office requires too (`dossiers/rules.py`); a fact without it is held.
What is `off` is not offered: a picture nobody needs is one more picture of somebody's home.
*/
import { failureProofs, type FailureReason } from '../../lib/rules/failures';
import type { ActDoc } from '../../lib/rules/round';

export type Demand = 'required' | 'asked' | 'off';
export type Proof =
  'identity' | 'papers' | 'seal' | 'reclaim' | 'photo' | 'note' | 'sign_citizen' | 'sign_courier';
export type Demands = Readonly<Record<Proof, Demand>>;

const NOTHING: Demands = {
  identity: 'off',
  papers: 'off',
  seal: 'off',
  reclaim: 'off',
  photo: 'off',
  note: 'off',
  sign_citizen: 'off',
  sign_courier: 'off',
};

/** What it takes to end `act` well. */
export function actDemands(act: Pick<ActDoc, 'kind' | 'checklist' | 'reclaims'>): Demands {
  const common = { identity: 'required', seal: 'required', sign_citizen: 'required' } as const;
  if (act.kind === 'dossier.accept') {
    const papers = act.checklist.length > 0 ? 'required' : 'off';
    return { ...NOTHING, ...common, papers, photo: 'required', sign_courier: 'required' };
  }
  const reclaim = act.reclaims.length > 0 ? 'required' : 'off';
  return { ...NOTHING, ...common, reclaim, photo: 'asked' };
}

/** At these doors a picture shows people or papers rather than the reason. */
const NO_PHOTO: ReadonlySet<FailureReason> = new Set<FailureReason>([
  'DECEASED',
  'NO_ID',
  'NO_AUTHORITY',
  'NO_PIN',
  'FEE_UNPAID',
]);

/** What it takes to say that a visit failed, and why. */
export function failureDemands(reason: FailureReason): Demands {
  const needed = failureProofs(reason);
  const photo = needed.includes('photo') ? 'required' : NO_PHOTO.has(reason) ? 'off' : 'asked';
  return {
    ...NOTHING,
    photo,
    note: needed.includes('note') ? 'required' : 'asked',
    sign_citizen: reason === 'REFUSED' ? 'asked' : 'off',
  };
}
