/** Tests of who was at the door, of addresses, and of hand-offs to other apps. */
import { expect, test } from 'vitest';
import { emptyIdentity, identityFields, identitySide } from '../../src/courier/drafts';
import { codeOfAddress, tidyCode } from '../../src/courier/identity';
import { callLink, wayTo } from '../../src/courier/handoff';
import { addressOf, readRoute } from '../../src/courier/router.svelte';
import { makeStop } from './day';

test('that a proxy is named beside the fact, never inside it', () => {
  const draft = { ...emptyIdentity(), who: 'proxy' as const, last4: '0017' };
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
    { screen: 'receipt', stop: 's1' },
    { screen: 'visit', stop: 's1' },
    { screen: 'visit', stop: 's1', act: 'a1' },
    { screen: 'attempt', stop: 's1', act: 'a1' },
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
