/** Tests that no act can be finished without what the law asks at the door. */
import { expect, test } from 'vitest';
import {
  emptyAccept,
  emptyDeliver,
  identityFields,
  identitySide,
  missingAccept,
  missingDeliver,
} from '../../src/courier/drafts';
import { codeOfAddress, tidyCode } from '../../src/courier/identity';
import { callLink, wayTo } from '../../src/courier/handoff';
import { addressOf, readRoute } from '../../src/courier/router.svelte';
import { makeAct, makeStop } from './day';

const act = {
  ...makeAct({
    checklist: [{ paper: 'don', name: 'Đơn', form: 'original', count: 2 }],
    reclaims: [{ paper: 'hen', name: 'Giấy hẹn' }],
  }),
  fact: null,
};

test('that a dossier is taken only counted, identified, sealed, photographed and signed', () => {
  const draft = emptyAccept(act);
  expect(missingAccept(draft, act, 'papers')).toEqual(['papers']);
  draft.papers[0]!.count = 2;
  expect(missingAccept(draft, act, 'papers')).toEqual([]);
  expect(missingAccept(draft, act, 'identity')).toEqual(['identity']);
  expect(missingAccept(draft, act, 'seal')).toEqual(['seal', 'before', 'photo']);
  expect(missingAccept(draft, act, 'sign')).toEqual(['sign_citizen', 'sign_courier']);
});

test('that a result is delivered only with a whole seal, papers answered and a signature', () => {
  const draft = emptyDeliver(act);
  expect(missingDeliver(draft, 'seal')).toEqual(['seal_state']);
  draft.seal_state = 'broken';
  expect(missingDeliver(draft, 'seal')).toEqual(['seal_state']);
  expect(missingDeliver(draft, 'reclaim')).toEqual(['reclaim']);
  draft.reclaims[0]!.is_taken = false;
  expect(missingDeliver(draft, 'reclaim')).toEqual(['reclaim']); // no without a reason
  draft.reclaims[0]!.reason = 'Đã mất';
  expect(missingDeliver(draft, 'reclaim')).toEqual([]);
  expect(missingDeliver(draft, 'sign')).toEqual(['sign_citizen']);
});

test('that a proxy is named beside the fact, never inside it', () => {
  const draft = { ...emptyDeliver(act).identity, who: 'proxy' as const, last4: '0017' };
  Object.assign(draft, { proxy_name: 'Trần Văn Hai', proxy_relation: 'con trai' });
  expect(identityFields(draft)).toEqual({
    identity: { method: 'cccd', last4: '0017' },
    proxy: { relation: 'con trai', authority: 'certified' },
  });
  expect(identitySide(draft, 'Phạm Thị Ánh')).toEqual({ name: 'Trần Văn Hai' });
});

test('that a code is read from a link or as a person types it', () => {
  expect(codeOfAddress('#code=abcd-efgh')).toBe('ABCDEFGH');
  expect(codeOfAddress('#/stop/1')).toBeNull();
  expect(tidyCode(' ab cd-12 ')).toBe('ABCD12');
});

test('that each address opens its own screen and comes back', () => {
  for (const route of [
    { screen: 'round' },
    { screen: 'outbox' },
    { screen: 'stop', stop: 's1' },
    { screen: 'accept', stop: 's1', act: 'a1' },
  ] as const) {
    expect(readRoute(addressOf(route))).toEqual(route);
  }
  expect(readRoute('#/nothing/here')).toEqual({ screen: 'round' });
});

test('that the way leads to the door and a call is a plain number', () => {
  const stop = makeStop();
  expect(wayTo('google', stop)).toBe(
    'https://www.google.com/maps/dir/?api=1&destination=21.18,106.07',
  );
  expect(wayTo('system', stop)).toContain('geo:21.18,106.07?q=21.18,106.07(');
  expect(wayTo('apple', { ...stop, point: { ...stop.point, lat: null } })).toBeNull();
  expect(callLink('0912 000-001')).toBe('tel:0912000001');
});
