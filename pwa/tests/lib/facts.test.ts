/** Tests that what a phone recorded is told in words, and that nothing of it is ever left out. */
import { cleanup, render, screen } from '@testing-library/svelte';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import FactContent from '../../src/lib/desk/FactContent.svelte';
import { tell, type Line, type Told } from '../../src/lib/desk/facts';
import { setLocale } from '../../src/lib/i18n/catalog.svelte';
import { shortDay } from '../../src/lib/units';

afterEach(async () => {
  cleanup();
  await setLocale('vi');
});

const ENVELOPE = {
  id: '0190-a',
  v: 1,
  at: '2026-11-24T02:15:00Z',
  mono: 120.5,
  boot: 'b-1',
  stop: 's-1',
  act: 'a-1',
};
const WHEN = `Máy ghi lúc: 09:15 ${shortDay(ENVELOPE.at)}`;
const say = (fields: object): Told => {
  const told = tell(JSON.stringify({ ...ENVELOPE, ...fields }));
  if (told === null) throw new Error('it is an object');
  return told;
};
const pairs = (lines: readonly Line[]) => lines.map(({ label, value }) => `${label}: ${value}`);

test('that a payment says act, time, sum, who was there, and with what', () => {
  const told = say({
    kind: 'payout.paid',
    lease: null,
    amount_vnd: 3_500_000,
    identity: { method: 'cccd', last4: '0123' },
    proxy: { relation: 'con', authority: 'certified' },
    authority_id: 'UQ-7',
    sign_citizen: 'M1 1 L9 9',
    photos: ['ab'.repeat(32)],
    notes: { 500000: 7 },
  });
  expect(pairs(told.lines)).toEqual([
    'Việc: Chi trả',
    WHEN,
    'Số tiền: 3.500.000 đ',
    'Tờ tiền: 7 × 500.000 đ',
    'Giấy tờ đã xem: căn cước, 4 số cuối 0123',
    'Người nhận thay: con, giấy uỷ quyền có chứng thực',
    'Số giấy uỷ quyền: UQ-7',
    'Danh sách chi trả: Máy không giữ danh sách',
    'Số ảnh: 1',
    'Chữ ký công dân: Có',
  ]);
  expect(told.other).toEqual([]);
  expect(pairs(told.technical)).toContain('sign_citizen: M1 1 L9 9');
  expect(pairs(told.technical)).toContain(`photos.0: ${'ab'.repeat(32)}`);
  expect(pairs(told.technical)).toContain('stop: s-1');
});

test('that a collection says how it was taken and under which receipt', () => {
  const told = say({
    kind: 'charge.collected',
    amount_vnd: 8_000,
    method: 'cash',
    receipt: { block: 'k-1', number: 42 },
    payer_sign: '',
    photos: [],
  });
  expect(pairs(told.lines)).toEqual([
    'Việc: Thu tiền',
    WHEN,
    'Số tiền: 8.000 đ',
    'Cách thu: Tiền mặt',
    'Số biên lai: 00000042',
    'Số ảnh: 0',
    'Chữ ký người nộp: Không',
  ]);
  expect(pairs(told.technical)).toContain('receipt.block: k-1');
});

test('that papers taken and papers handed over are told paper by paper', () => {
  const taken = say({
    kind: 'dossier.accepted',
    checklist: [
      { paper: 'Đơn', form: 'original', count: 1 },
      { paper: 'Căn cước', form: 'copy', count: 2 },
    ],
    seal: 'NP-9',
    sealed_before_citizen: true,
    fee_shown_vnd: 30_000,
    proxy: null,
  });
  expect(pairs(taken.lines).slice(2)).toEqual([
    'Phí, cước đã báo: 30.000 đ',
    'Người nhận thay: Chính người đó',
    'Giấy tờ đã đếm: Đơn: 1 bản chính; Căn cước: 2 bản sao',
    'Số niêm phong: NP-9',
    'Niêm phong trước mặt công dân: Có',
  ]);
  const given = say({
    kind: 'result.delivered',
    is_seal_whole: false,
    reclaimed: [
      { paper: 'Giấy cũ', is_taken: true, reason: '' },
      { paper: 'Sổ cũ', is_taken: false, reason: 'đã mất' },
    ],
  });
  expect(pairs(given.lines).slice(2)).toEqual([
    'Niêm phong còn nguyên: Không',
    'Giấy tờ thu hồi: Giấy cũ: đã thu; Sổ cũ: chưa thu (đã mất)',
  ]);
});

test('that a failed visit, a correction and cash on hand are told in words', () => {
  const failed = say({
    kind: 'visit.failed',
    reason: 'ABSENT',
    note: 'Cửa khoá',
    invited: true,
    next_on: '2026-11-26',
  });
  expect(pairs(failed.lines).slice(2)).toEqual([
    'Lý do: Vắng nhà',
    'Ghi chú: Cửa khoá',
    'Để lại giấy mời: Có',
    'Hẹn lại ngày: Thứ Năm, 26/11/2026',
  ]);
  const corrected = say({ kind: 'act.corrected', op: 'o', wrong: 'not_so', reason: 'Ghi nhầm' });
  expect(pairs(corrected.lines).slice(2)).toEqual(['Điều chưa đúng: ghi nhầm', 'Lý do: Ghi nhầm']);
  const counted = say({ kind: 'cash.counted', notes: {}, amount_vnd: 0 });
  expect(pairs(counted.lines).slice(2)).toEqual(['Số tiền: 0 đ', 'Tờ tiền: Không có']);
  const loaded = say({ kind: 'items.loaded', items: ['x', 'y'], missing: ['z'], surplus: ['R1'] });
  expect(pairs(loaded.lines).slice(2)).toEqual([
    'Số bưu gửi: 2',
    'Số bưu gửi thiếu: 1',
    'Mã ngoài chuyến: R1',
  ]);
  const handed = say({ kind: 'items.taken', code: '7KQ2', num: 3, is_seal_whole: true });
  expect(pairs(handed.lines).slice(2)).toEqual([
    'Niêm phong còn nguyên: Có',
    'Số bưu gửi: 3',
    'Mã bàn giao: 7KQ2',
  ]);
});

test('that unknown fields stand under their own names, also inside what is known', () => {
  const told = say({
    kind: 'note.added',
    text: 'Chuông hỏng',
    weather: { rain: true, wind: [3, 4] },
    identity: { method: 'cccd', last4: '0123', seen_by: 'x' },
    amount_vnd: 'many',
  });
  expect(pairs(told.other)).toEqual([
    'amount_vnd: many',
    'identity.seen_by: x',
    'weather.rain: true',
    'weather.wind.0: 3',
    'weather.wind.1: 4',
  ]);
});

test('that nothing of a future version is put into words that may be wrong', () => {
  const told = say({ kind: 'payout.paid', v: 2, amount_vnd: 35_000, unit: 'hào' });
  expect(told.isNewer).toBe(true);
  expect(pairs(told.lines)).toEqual(['Việc: Chi trả', WHEN]);
  expect(pairs(told.other)).toContain('amount_vnd: 35000');
  expect(pairs(told.other)).toContain('unit: hào');
  expect(pairs(told.other)).toContain('v: 2');
});

test('that a sum longer than numbers here can be keeps its digits', () => {
  const told = tell('{"kind":"charge.collected","v":1,"amount_vnd":90071992547409931}');
  expect(pairs(told?.other ?? [])).toEqual(['amount_vnd: 90071992547409931']);
});

/** Every value of a document, as it is written. */
function leaves(value: unknown): string[] {
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    return Object.values(value).flatMap(leaves);
  }
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

test('that no value of any document is lost', () => {
  const names = fc.oneof(
    fc.constantFrom('identity', 'proxy', 'notes', 'receipt', 'photos', 'items', 'lease', 'v'),
    fc.constantFrom('checklist', 'reclaimed', 'surplus', 'text', 'points', 'kind', '__proto__'),
    fc.string(),
  );
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const inner = fc.oneof(scalar, fc.array(scalar), fc.dictionary(fc.string(), scalar));
  const nested = fc.oneof(inner, fc.dictionary(names, inner), fc.array(inner));
  fc.assert(
    fc.property(fc.dictionary(names, nested), (fact) => {
      const raw = JSON.stringify(fact);
      const told = tell(raw);
      expect(told).not.toBeNull();
      const { lines, other, technical } = told!;
      const shown = [...lines, ...other, ...technical].map(({ value }) => value);
      for (const [name, value] of Object.entries(JSON.parse(raw) as object)) {
        for (const leaf of leaves(value)) {
          const isTold = shown.some((one) => one.includes(leaf));
          const inWords = lines.length > 0 && ['true', 'false', 'null', '', '[]', '{}'];
          const isInWords = inWords && (inWords.includes(leaf) || /^-?\d+$/.test(leaf));
          expect(isTold || isInWords, `${name}: ${leaf}`).toBe(true);
        }
      }
    }),
  );
});

test('that what is no document is shown as it came, and English has its words', async () => {
  expect(tell('[1]')).toBeNull();
  expect(tell('not json')).toBeNull();
  render(FactContent, { text: 'không phải JSON' });
  expect(screen.getByText('không phải JSON')).toBeTruthy();
  cleanup();
  await setLocale('en');
  render(FactContent, {
    text: JSON.stringify({ ...ENVELOPE, kind: 'cash.passed', amount_vnd: 2_000_000, to: 'c-2' }),
  });
  expect(screen.getByText('Cash handed to a colleague')).toBeTruthy();
  expect(screen.getByText('2,000,000 đ')).toBeTruthy();
  expect(screen.getByText('Technical data')).toBeTruthy();
});
