/** Tests that a proxy is looked at once per visit, wherever the act's own rule lets them stand. */
import { expect, test } from 'vitest';
import { identityFields } from '../../src/courier/drafts';
import { countsForPayout, emptyPay } from '../../src/courier/money/draft';
import { countsForOrder } from '../../src/courier/money/orders';
import { openDraft } from '../../src/courier/visit/draft';
import { findSeen } from '../../src/courier/visit/seen';
import type { PayoutShown } from '../../src/lib/rules/payouts';
import { makeOp } from './day';

const stop = { id: 's1' };
const AT = Date.parse('2026-11-26T03:00:00Z');
const proxy = { relation: 'con', authority: 'certified' };
const paid = makeOp(
  1,
  'payout.paid',
  { identity: { method: 'cccd', last4: '0123' }, proxy, authority_id: 'UQ-12/2026' },
  { side: '{"name":"Trần Văn  Hai"}' },
);

function payout(part: Partial<NonNullable<PayoutShown['proxy']>> = {}): PayoutShown {
  return {
    scheme: 'pension',
    scheme_name: 'Lương hưu',
    scheme_name_en: 'Pension',
    period: '2026-11',
    payee: 'Phạm Thị Ánh',
    amount_vnd: 1,
    evidence: { methods: ['cccd', 'vneid'], needs_signature: true, num_photos: 0 },
    proxy: {
      name: 'Trần Văn Hai',
      valid_from: '2026-01-01',
      valid_to: '2026-12-31',
      is_certified: true,
      must_be_certified: true,
      ...part,
    },
  };
}

test('that the same proxy with the same authority is looked at once for all acts', () => {
  const seen = findSeen(stop, [paid], (one) => countsForPayout(one, payout(), AT));
  const next = emptyPay(seen);
  expect(next.paper).toBe('UQ-12/2026');
  expect(identityFields(next.identity)).toEqual({
    identity: { method: 'cccd', last4: '0123' },
    proxy,
  });
  expect(next.identity).toMatchObject({ who: 'proxy', proxy_name: 'Trần Văn  Hai' });
  expect(openDraft(null, [], seen?.identity).identity).toEqual(next.identity);
});

test.each<[string, PayoutShown]>([
  ['the list names somebody else', payout({ name: 'Trần Văn Ba' })],
  ['the list names nobody', { ...payout(), proxy: null }],
  ['their authority has ended', payout({ valid_to: '2026-11-25' })],
  ['a certified one is asked for', payout({ is_certified: false })],
  [
    'the scheme wants another paper',
    { ...payout(), evidence: { ...payout().evidence, methods: ['vneid'] } },
  ],
])('that a proxy is asked for anew where %s', (_, shown) => {
  expect(findSeen(stop, [paid], (one) => countsForPayout(one, shown, AT))).toBeNull();
});

test('that the citizen of before counts where a proxy may not stand', () => {
  const own = makeOp(1, 'result.delivered', { identity: { method: 'cccd', last4: '0017' } });
  const later = { ...paid, seq: 2, id: 'op2' };
  expect(findSeen(stop, [own, later], countsForOrder)?.identity).toMatchObject({
    who: 'self',
    last4: '0017',
  });
  expect(findSeen(stop, [own, later])?.identity.who).toBe('proxy');
  const taken = makeOp(3, 'act.withdrawn', {}, { subject: { stop: 's1', act: 'a1', op: 'op1' } });
  expect(findSeen(stop, [own, later, taken], countsForOrder)).toBeNull();
});
