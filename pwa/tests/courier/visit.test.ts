/** Tests that one visit holds many acts: one identity, each act its own proof, one receipt. */
import { expect, test } from 'vitest';
import { emptyIdentity } from '../../src/courier/drafts';
import {
  listDoable,
  listShown,
  listSteps,
  missingOf,
  openDraft,
  restOf,
  resume,
  sign,
} from '../../src/courier/visit/draft';
import { makeFacts } from '../../src/courier/visit/facts';
import { actDemands, failureDemands } from '../../src/courier/visit/proofs';
import { makeReceipt } from '../../src/courier/visit/receipt';
import type { Demand, ProofRule, SetProof } from '../../src/lib/rules/demands';
import { failureProofs, FAILURE_REASONS, type FailureReason } from '../../src/lib/rules/failures';
import type { ActView, StopView } from '../../src/lib/rules/round';
import { documents, makeAct, makeOp, makeStop, viewRound } from './day';

const accept = makeAct({
  id: 'a1',
  kind: 'dossier.accept',
  holder_kind: 'citizen',
  checklist: [{ paper: 'don', name: 'Đơn', form: 'original', count: 2 }],
  fee_due_vnd: 50_000,
  postage_due_vnd: 20_000,
});
const deliver = makeAct({ id: 'a2', reclaims: [{ paper: 'hen', name: 'Giấy hẹn' }] });

function viewOf(acts = [accept, deliver]): StopView {
  const [stop] = viewRound(documents([makeStop({ acts })]), [], 0).stops;
  if (stop === undefined) throw new Error('the day has no stop');
  return stop;
}

function ready(acts: readonly ActView[]): ReturnType<typeof openDraft> {
  const draft = openDraft(null, acts);
  draft.identity = { ...emptyIdentity(), last4: '0017' };
  Object.assign(draft.acts['a1']!, { seal: ' np-9 ', is_sealed_before: true, photos: ['f00d'] });
  draft.acts['a1']!.papers[0]!.count = 2;
  Object.assign(draft.acts['a2']!, { seal_state: 'whole' });
  draft.acts['a2']!.reclaims[0]!.is_taken = true;
  return sign(sign(draft, 'sign_citizen', 'M0 0L9 9', acts), 'sign_courier', 'M1 1L9 9', acts);
}

test('that a visit of two acts asks for identity and signature once', () => {
  const acts = listDoable(viewOf());
  expect(listSteps(acts).map((step) => step.name)).toEqual([
    'identity',
    'a1/papers',
    'a1/seal',
    'a2/check',
    'a2/reclaim',
    'sign',
    'review',
  ]);
});

test('that steps without anything to do are left out', () => {
  const acts = listDoable(viewOf([makeAct({ id: 'a2' })]));
  expect(listSteps(acts).map((step) => step.kind)).toEqual(['identity', 'check', 'sign', 'review']);
});

test('that what is still at the office cannot be handed over', () => {
  expect(listDoable(viewOf([makeAct({ holder_kind: 'office' })]))).toEqual([]);
});

test('that each step names what the law asks and the draft lacks', () => {
  const acts = listDoable(viewOf());
  const draft = openDraft(null, acts);
  const missing = listSteps(acts).map((step) => missingOf(step, draft, acts));
  expect(missing).toEqual([
    ['identity'],
    ['papers'],
    ['seal', 'before', 'photo'],
    ['seal_state'],
    ['reclaim'],
    ['sign_citizen', 'sign_courier'],
    // prettier-ignore
    ['identity', 'papers', 'seal', 'before', 'photo', 'seal_state', 'reclaim', 'sign_citizen',
      'sign_courier'],
  ]);
  const whole = ready(acts);
  expect(listSteps(acts).flatMap((step) => missingOf(step, whole, acts))).toEqual([]);
  whole.acts['a2']!.reclaims[0] = { paper: 'hen', is_taken: false, reason: ' ' };
  expect(listSteps(acts).flatMap((step) => missingOf(step, whole, acts))).toEqual([
    'reclaim',
    'reclaim',
  ]);
});

test('that each act ends by a fact of its own with the identity of the visit', () => {
  const stop = viewOf();
  const acts = listDoable(stop);
  const facts = makeFacts(stop, acts, ready(acts));
  expect(facts.map((fact) => fact.kind)).toEqual(['dossier.accepted', 'result.delivered']);
  for (const fact of facts) {
    expect(fact.fields['identity']).toEqual({ method: 'cccd', last4: '0017' });
    expect(fact.side).toEqual({ name: 'Phạm Thị Ánh' });
  }
  expect(facts[0]?.fields).toMatchObject({ seal: 'NP-9', fee_shown_vnd: 70_000, act: 'a1' });
  expect(facts[1]?.fields).toMatchObject({
    act: 'a2',
    is_seal_whole: true,
    reclaimed: [{ paper: 'hen', is_taken: true, reason: '' }],
  });
});

test('that after one act the identity stays for the rest and the signature does not', () => {
  const acts = listDoable(viewOf());
  const rest = restOf(ready(acts), acts.slice(1));
  expect(Object.keys(rest.acts)).toEqual(['a2']);
  expect(rest.identity.last4).toBe('0017');
  expect(rest.sign_citizen).toBe('');
});

test('that after an act that failed the visit goes on at what is missing, not at its begin', () => {
  const acts = listDoable(viewOf());
  const draft = ready(acts);
  draft.acts['a2']!.seal_state = null;
  draft.step = 'a2/reclaim';
  expect(resume(draft, acts).step).toBe('a2/check');
  draft.step = 'a1/papers';
  expect(resume(draft, acts).step).toBe('a1/papers');
  expect(resume(draft, acts.slice(1)).step).toBe('a2/check');
  draft.acts['a2']!.seal_state = 'whole';
  // Whoever signed had the other act before them too.
  expect(resume(draft, acts.slice(1)).step).toBe('sign');
  draft.step = '';
  expect(resume(draft, acts).step).toBe('');
});

test('that another act does not end with the proof of the one the draft was made for', () => {
  const [a1, a2] = listDoable(viewOf());
  if (!a1 || !a2) throw new Error('both acts are there');
  let draft = openDraft(null, [a1, a2]);
  draft.identity = { ...emptyIdentity(), last4: '0017' };
  Object.assign(draft.acts['a2']!, { seal_state: 'whole' });
  draft.acts['a2']!.reclaims[0]!.is_taken = true;
  draft = { ...sign(draft, 'sign_citizen', 'M0 0L9 9', [a2]), step: 'review' };
  expect(resume(draft, [a2])).toEqual(draft);

  const other = resume(draft, [a1]);
  expect(other).toMatchObject({ step: 'a1/papers', sign_citizen: '', sign_courier: '' });
  const last = listSteps([a1]).at(-1)!;
  // Also on the last look itself: an act may come or go while it is on the screen.
  const lacks = ['papers', 'seal', 'before', 'photo', 'sign_citizen', 'sign_courier'];
  expect(missingOf(last, draft, [a1])).toEqual(lacks);
  expect(missingOf(last, draft, [a1, a2])).toEqual(lacks);
  expect(missingOf(last, draft, [a2])).toEqual([]);
});

test('that who is there stays for another choice of acts, and all are signed for anew', () => {
  const acts = listDoable(viewOf());
  const draft = { ...ready(acts), step: 'review' };
  expect(resume(draft, acts).step).toBe('review');
  const one = resume(draft, acts.slice(0, 1));
  expect(one.identity.last4).toBe('0017');
  expect(one).toMatchObject({ step: 'sign', sign_citizen: '', signed_for: [] });
  // An app before this one did not say for what was signed.
  delete draft.signed_for;
  expect(resume(draft, acts)).toMatchObject({ step: 'sign', sign_citizen: '' });
  // Both of a pair sign for the same acts.
  const mixed = sign({ ...draft, signed_for: ['a2'] }, 'sign_courier', 'M2 2', acts);
  expect(mixed).toMatchObject({ sign_citizen: '', sign_courier: 'M2 2' });
});

test('that a kept draft is completed for an act that came meanwhile', () => {
  const acts = listDoable(viewOf());
  const kept = openDraft(null, acts.slice(0, 1));
  kept.acts['a1']!.seal = 'NP-9';
  const draft = openDraft(kept, acts);
  expect(draft.acts['a1']?.seal).toBe('NP-9');
  expect(draft.acts['a2']?.seal_state).toBeNull();
});

test('that proof is demanded per act and per reason, and never less than the office does', () => {
  expect(actDemands(accept)).toMatchObject({ photo: 'required', sign_courier: 'required' });
  expect(actDemands(deliver)).toMatchObject({ photo: 'asked', sign_courier: 'off' });
  expect(failureDemands('ABSENT', deliver).photo).toBe('required');
  expect(failureDemands('REFUSED', deliver)).toMatchObject({
    note: 'required',
    sign_citizen: 'asked',
  });
  expect(failureDemands('NO_ID', deliver).photo).toBe('off');
  for (const reason of FAILURE_REASONS) {
    for (const proof of failureProofs(reason)) {
      expect(failureDemands(reason, deliver)[proof], `${reason} ${proof}`).toBe('required');
    }
  }
});

test('that what the office asks of a round is asked at its doors', () => {
  const rule = (reason: FailureReason | null, proof: SetProof, demand: Demand): ProofRule => ({
    act: null,
    ending: reason === null ? 'done' : 'failed',
    reason,
    proof,
    demand,
  });
  const stops = [makeStop({ acts: [accept, deliver] })];
  const proof_rules = [
    rule(null, 'photo', 'required'),
    rule('ABSENT', 'photo', 'off'),
    rule('ABSENT', 'sign_citizen', 'required'),
  ];
  const acts = viewRound(documents(stops, { proof_rules }), [], 0).stops[0]?.acts ?? [];
  const [taken, given] = acts;
  if (!taken || !given) throw new Error('both acts are there');
  expect(failureDemands('ABSENT', given)).toMatchObject({
    photo: 'off',
    sign_citizen: 'required',
  });
  expect(actDemands(given).photo).toBe('required');
  expect(listShown(acts).map(({ id }) => id)).toEqual([given.id]);
  const draft = ready(acts);
  const sign = listSteps(acts).find(({ kind }) => kind === 'sign');
  if (!sign) throw new Error('every visit is signed');
  draft.acts[given.id]!.photos = [];
  expect(missingOf(sign, draft, acts)).toEqual(['photo']);
  draft.acts[given.id]!.photos = ['ab'];
  expect(missingOf(sign, draft, acts)).toEqual([]);
});

test('that the receipt tells every act, and a withdrawn one counts as not done', () => {
  const delivered = makeOp(
    1,
    'result.delivered',
    { identity: { method: 'cccd', last4: '0017' } },
    { subject: { stop: 's1', act: 'a2', rev: 1 }, side: '{"name":"Trần Văn Hai"}' },
  );
  const failed = makeOp(
    2,
    'visit.failed',
    { reason: 'FEE_UNPAID' },
    { subject: { stop: 's1', act: 'a1', rev: 1 } },
  );
  const receipt = makeReceipt(viewOf(), [delivered, failed], 1);
  expect(receipt.lines.map((line) => [line.state, line.reason])).toEqual([
    ['saved', 'FEE_UNPAID'],
    ['sent', null],
  ]);
  expect(receipt.receiver).toBe('Trần Văn Hai');
  const taken = makeOp(3, 'act.withdrawn', {}, { subject: { stop: 's1', act: 'a2', op: 'op1' } });
  expect(makeReceipt(viewOf(), [delivered, failed, taken], 1).lines[1]?.state).toBeNull();
});

test('that the round shows a withdrawn act as open again', () => {
  const op = makeOp(1, 'result.delivered', {}, { subject: { stop: 's1', act: 'a2', rev: 1 } });
  const taken = makeOp(2, 'act.withdrawn', {}, { subject: { stop: 's1', act: 'a2', op: 'op1' } });
  const docs = documents([makeStop({ acts: [deliver] })]);
  expect(viewRound(docs, [op], 0).stops[0]?.acts[0]?.state).toBe('done');
  const act = viewRound(docs, [op, taken], 0).stops[0]?.acts[0];
  expect([act?.state, act?.fact]).toEqual(['open', null]);
});
