/** A visit in the making: one identity check and one signing for all acts at the door.

Kept on the phone at every change, so that a killed app resumes where it was.
*/
import { isMoney, type ActView, type PaperForm, type StopView } from '../../lib/rules/round';
import { emptyIdentity, missingIdentity, type IdentityDraft, type Missing } from '../drafts';
import { actDemands } from './proofs';

/** The part of the draft that belongs to one act. */
export interface ActPart {
  papers: { paper: string; form: PaperForm; count: number }[];
  seal: string;
  is_sealed_before: boolean;
  seal_state: 'whole' | 'broken' | null;
  reclaims: { paper: string; is_taken: boolean | null; reason: string }[];
  photos: string[];
}

export interface VisitDraft {
  /** Name of the step on screen. */
  step: string;
  identity: IdentityDraft;
  acts: Record<string, ActPart>;
  sign_citizen: string;
  sign_courier: string;
  /** Ids of the acts that were chosen when it was signed; a draft of an older app has none. */
  signed_for?: string[];
}

export type StepKind = 'identity' | 'papers' | 'seal' | 'check' | 'reclaim' | 'sign' | 'review';
export interface VisitStep {
  name: string;
  kind: StepKind;
  /** null for the steps that all acts share. */
  act: ActView | null;
}

export function draftKey(stop_id: string): string {
  return `visit/${stop_id}`;
}

function emptyPart(act: ActView): ActPart {
  return {
    papers: act.checklist.map(({ paper, form }) => ({ paper, form, count: 0 })),
    seal: '',
    is_sealed_before: false,
    seal_state: null,
    reclaims: act.reclaims.map(({ paper }) => ({ paper, is_taken: null, reason: '' })),
    photos: [],
  };
}

/** Acts that can be done at this door now: open, and what is to be handed over is in the bag. */
export function listDoable(stop: Pick<StopView, 'acts'>, only: string | null = null): ActView[] {
  return stop.acts.filter(
    (act) =>
      act.state === 'open' &&
      (only === null || act.id === only) &&
      (act.kind === 'dossier.accept' || act.holder_kind === 'courier'),
  );
}

/** Acts of money that are open here; each is done on screens of its own, one after the other. */
export function listMoney(stop: Pick<StopView, 'acts'>): ActView[] {
  return stop.acts.filter((act) => act.state === 'open' && isMoney(act));
}

/** The kept draft, completed for acts that came since; or a new one with a paper `seen` before. */
export function openDraft(
  kept: VisitDraft | null,
  acts: readonly ActView[],
  seen?: IdentityDraft,
): VisitDraft {
  const draft: VisitDraft = kept ?? {
    step: '',
    identity: seen ?? emptyIdentity(),
    acts: {},
    sign_citizen: '',
    sign_courier: '',
    signed_for: [],
  };
  const parts = acts.map((act) => [act.id, draft.acts[act.id] ?? emptyPart(act)] as const);
  return { ...draft, acts: Object.fromEntries(parts) };
}

/** What stays of a draft when some of its acts are done: who is there, and the other acts. */
export function restOf(draft: VisitDraft, rest: readonly ActView[]): VisitDraft {
  return { ...unsigned(openDraft(draft, rest)), step: '' };
}

function unsigned(draft: VisitDraft): VisitDraft {
  return { ...draft, sign_citizen: '', sign_courier: '', signed_for: [] };
}

/** Who signs, signs for the acts on the screen: what was signed for others goes. */
export function sign(
  draft: VisitDraft,
  proof: 'sign_citizen' | 'sign_courier',
  strokes: string,
  acts: readonly ActView[],
): VisitDraft {
  const kept = isSignedFor(draft, acts) ? draft : unsigned(draft);
  return { ...kept, [proof]: strokes, signed_for: acts.map(({ id }) => id) };
}

/** True where whoever signed had all of `acts` before them. */
function isSignedFor(draft: VisitDraft, acts: readonly ActView[]): boolean {
  return acts.every(({ id }) => draft.signed_for?.includes(id));
}

/** The visit goes on with `chosen`: at the step where it was left, or at the first before it that
lacks something; signed anew where it was signed for any other choice. */
export function resume(draft: VisitDraft, chosen: readonly ActView[]): VisitDraft {
  const isSame = isSignedFor(draft, chosen) && draft.signed_for?.length === chosen.length;
  const next = isSame ? draft : unsigned(draft);
  return { ...next, step: resumeStep(next, chosen) };
}

/** Identity, then each act's own steps, then one signing and one look at the whole. */
export function listSteps(acts: readonly ActView[]): VisitStep[] {
  const steps: VisitStep[] = [{ name: 'identity', kind: 'identity', act: null }];
  for (const act of acts) {
    const demands = actDemands(act);
    const kinds: StepKind[] = [];
    if (demands.papers !== 'off') kinds.push('papers');
    if (demands.seal !== 'off') kinds.push(act.kind === 'dossier.accept' ? 'seal' : 'check');
    if (demands.reclaim !== 'off') kinds.push('reclaim');
    steps.push(...kinds.map((kind) => ({ name: `${act.id}/${kind}`, kind, act })));
  }
  steps.push({ name: 'sign', kind: 'sign', act: null });
  steps.push({ name: 'review', kind: 'review', act: null });
  return steps;
}

/** Where a visit goes on; '' is its begin. No step is passed that lacks something. */
function resumeStep(draft: VisitDraft, acts: readonly ActView[]): string {
  if (draft.step === '') return '';
  const steps = listSteps(acts);
  const left = steps.findIndex((step) => step.name === draft.step);
  const lacking = steps.findIndex((step) => missingOf(step, draft, acts).length > 0);
  // That act has ended: on to what is missing. The last step lacks whatever any other does.
  const at = left === -1 ? lacking : lacking === -1 ? left : Math.min(left, lacking);
  return steps.at(at)?.name ?? '';
}

/** Every listed paper is there in its number; papers outside the list cannot be asked for. */
export function isCounted(part: Pick<ActPart, 'papers'>, act: Pick<ActView, 'checklist'>): boolean {
  return act.checklist.every((listed) => {
    const counted = part.papers.find((one) => one.paper === listed.paper);
    return counted !== undefined && counted.count >= listed.count;
  });
}

/** What the step still lacks; the last one, what any step of any of `acts` does. */
export function missingOf(step: VisitStep, draft: VisitDraft, acts: readonly ActView[]): Missing[] {
  if (step.kind === 'review') return [...new Set(missingBefore(draft, acts))];
  if (step.kind === 'identity') return missingIdentity(draft.identity);
  if (step.kind === 'sign') return missingSigns(draft, acts);
  if (step.act === null) return [];
  const part = draft.acts[step.act.id] ?? emptyPart(step.act);
  if (step.kind === 'papers') return isCounted(part, step.act) ? [] : ['papers'];
  if (step.kind === 'check') return part.seal_state === 'whole' ? [] : ['seal_state'];
  if (step.kind === 'seal') return missingSeal(part, step.act);
  const isAnswered = part.reclaims.every(
    (one) => one.is_taken === true || (one.is_taken === false && one.reason.trim() !== ''),
  );
  return isAnswered ? [] : ['reclaim'];
}

function missingBefore(draft: VisitDraft, acts: readonly ActView[]): Missing[] {
  const steps = listSteps(acts).filter(({ kind }) => kind !== 'review');
  return steps.flatMap((step) => missingOf(step, draft, acts));
}

function missingSeal(part: ActPart, act: ActView): Missing[] {
  const missing: Missing[] = [];
  if (part.seal.trim() === '') missing.push('seal');
  if (!part.is_sealed_before) missing.push('before');
  const isPhotoNeeded = actDemands(act).photo === 'required';
  if (isPhotoNeeded && part.photos.length === 0) missing.push('photo');
  return missing;
}

function missingSigns(draft: VisitDraft, acts: readonly ActView[]): Missing[] {
  const isOurs = isSignedFor(draft, acts);
  const lacks = (proof: 'sign_citizen' | 'sign_courier'): boolean =>
    isSignNeeded(acts, proof) && !(isOurs && draft[proof]);
  const missing: Missing[] = (['sign_citizen', 'sign_courier'] as const).filter(lacks);
  const isShown = ({ id }: ActView): boolean => (draft.acts[id]?.photos.length ?? 0) > 0;
  const shown = listShown(acts).filter((act) => actDemands(act).photo === 'required');
  if (!shown.every(isShown)) missing.push('photo');
  return missing;
}

/** Acts whose picture is taken at the signing; that of papers taken shows the sealed bag. */
export function listShown(acts: readonly ActView[]): ActView[] {
  return acts.filter((act) => act.kind !== 'dossier.accept' && actDemands(act).photo !== 'off');
}

export function isSignNeeded(
  acts: readonly ActView[],
  proof: 'sign_citizen' | 'sign_courier',
): boolean {
  return acts.some((act) => actDemands(act)[proof] === 'required');
}
