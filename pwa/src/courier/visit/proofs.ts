/** Which proof an act or a failed visit wants: required, asked for, or not taken at all.

What is required here the office requires too (`dossiers/rules.py`, and the office's own lines by
`lib/rules/demands.ts`); a fact without it is held. What is `off` is not offered: a picture nobody
needs is one more picture of somebody's home.
*/
import { findDemand, type Demand } from '../../lib/rules/demands';
import type { FailureReason } from '../../lib/rules/failures';
import type { ActView } from '../../lib/rules/round';

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
export function actDemands(
  act: Pick<ActView, 'kind' | 'checklist' | 'reclaims' | 'proof_rules'>,
): Demands {
  const common = {
    identity: 'required',
    seal: 'required',
    sign_citizen: 'required',
    photo: findDemand(act.proof_rules ?? [], act.kind, null, 'photo'),
  } as const;
  if (act.kind === 'dossier.accept') {
    const papers = act.checklist.length > 0 ? 'required' : 'off';
    return { ...NOTHING, ...common, papers, sign_courier: 'required' };
  }
  const reclaim = act.reclaims.length > 0 ? 'required' : 'off';
  return { ...NOTHING, ...common, reclaim };
}

/** What it takes to say that a visit failed, and why. */
export function failureDemands(
  reason: FailureReason,
  act: Pick<ActView, 'kind' | 'proof_rules'>,
): Demands {
  const demand = (proof: 'photo' | 'note' | 'sign_citizen'): Demand =>
    findDemand(act.proof_rules ?? [], act.kind, reason, proof);
  return {
    ...NOTHING,
    photo: demand('photo'),
    note: demand('note'),
    sign_citizen: demand('sign_citizen'),
  };
}
