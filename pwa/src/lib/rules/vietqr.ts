/** VietQR payloads, byte for byte those of the office (`backend/kit/vietqr.py`). */

const NAPAS = 'A000000727';
const DONG = '704';
const SERVICES = { account: 'QRIBFTTA', card: 'QRIBFTTC' } as const;
const AMOUNT_VND_MAX = 50_000_000_000;

export interface VietQr {
  /** Six digits of the bank. */
  bin: string;
  account: string;
  kind: 'account' | 'card';
  /** `null` for a static code: the payer writes the amount. */
  amount_vnd: number | null;
  /** ASCII letters, digits and blanks, 25 at most. */
  purpose: string;
  bill: string;
}
export type QrFault = 'qr_unreadable' | 'qr_crc' | 'qr_field';

/** A payload that cannot be read or made; `code` is the office's own. */
export class WrongQr extends Error {
  readonly code: QrFault;
  readonly field: string;

  constructor(code: QrFault, field = '') {
    super(field === '' ? code : `${code}: ${field}`);
    this.code = code;
    this.field = field;
  }
}

/** CRC-16/CCITT-FALSE in four upper-case hex digits. */
export function crc16(text: string): string {
  let value = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    value ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      value = ((value & 0x8000) === 0 ? value << 1 : (value << 1) ^ 0x1021) & 0xffff;
    }
  }
  return value.toString(16).toUpperCase().padStart(4, '0');
}

/** A text as it may stand in a payload: no tones, 25 characters at most. */
export function makePurpose(text: string): string {
  const bare = text.toLowerCase().replaceAll('đ', 'd').normalize('NFD').replace(/\p{M}/gu, '');
  const words = bare.replace(/[^0-9a-z]+/g, ' ').trim();
  return words.toUpperCase().slice(0, 25).trim();
}

/** The payload of a VietQR; with an amount it is a dynamic one. Throws `WrongQr`. */
export function makePayload(qr: VietQr): string {
  check(qr);
  const payee = field('00', qr.bin) + field('01', qr.account);
  const text =
    field('00', '01') +
    field('01', qr.amount_vnd === null ? '11' : '12') +
    field('38', field('00', NAPAS) + field('01', payee) + field('02', SERVICES[qr.kind])) +
    field('53', DONG) +
    (qr.amount_vnd === null ? '' : field('54', String(qr.amount_vnd))) +
    field('58', 'VN') +
    field('62', field('01', qr.bill) + field('08', qr.purpose)) +
    '6304';
  return text + crc16(text);
}

/** What a payload says; fields that we do not use are passed over. Throws `WrongQr`. */
export function readPayload(payload: string): VietQr {
  if (!/^[\x00-\x7f]*6304[0-9A-F]{4}$/.test(payload)) throw new WrongQr(faultOfEnd(payload));
  if (crc16(payload.slice(0, -4)) !== payload.slice(-4)) throw new WrongQr('qr_crc');
  const fields = readFields(payload);
  const account = readFields(fields.get('38') ?? '');
  const payee = readFields(account.get('01') ?? '');
  const more = readFields(fields.get('62') ?? '');
  const amount = fields.get('54');
  demand('version', fields.get('00') === '01');
  demand('payee', account.get('00') === NAPAS);
  demand('currency', fields.get('53') === DONG);
  demand('country', fields.get('58') === 'VN');
  demand('amount', amount === undefined || /^[1-9][0-9]{0,12}$/.test(amount));
  demand('method', fields.get('01') === (amount === undefined ? '11' : '12'));
  const service = account.get('02');
  demand('service', service === SERVICES.account || service === SERVICES.card);
  const qr: VietQr = {
    bin: payee.get('00') ?? '',
    account: payee.get('01') ?? '',
    kind: service === SERVICES.card ? 'card' : 'account',
    amount_vnd: amount === undefined ? null : Number(amount),
    purpose: more.get('08') ?? '',
    bill: more.get('01') ?? '',
  };
  check(qr);
  return qr;
}

function faultOfEnd(payload: string): QrFault {
  return /^[\x00-\x7f]*6304.{4}$/s.test(payload) ? 'qr_crc' : 'qr_unreadable';
}

function demand(name: string, is_right: boolean): void {
  if (!is_right) throw new WrongQr('qr_field', name);
}

function check(qr: VietQr): void {
  const amount_vnd = qr.amount_vnd ?? 1;
  demand('bin', /^[0-9]{6}$/.test(qr.bin));
  demand('account', /^[0-9A-Za-z]{1,19}$/.test(qr.account));
  demand('amount', Number.isInteger(amount_vnd) && amount_vnd >= 1 && amount_vnd <= AMOUNT_VND_MAX);
  demand('purpose', /^[0-9A-Za-z ]{0,25}$/.test(qr.purpose));
  demand('bill', /^[0-9A-Za-z ]{0,25}$/.test(qr.bill));
}

function field(tag: string, value: string): string {
  return value === '' ? '' : tag + String(value.length).padStart(2, '0') + value;
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    const head = /^(\d{2})(\d{2})/.exec(text.slice(at, at + 4));
    const length = Number(head?.[2]);
    const value = text.slice(at + 4, at + 4 + length);
    const tag = head?.[1];
    if (tag === undefined || length === 0 || value.length !== length || fields.has(tag)) {
      throw new WrongQr('qr_unreadable');
    }
    fields.set(tag, value);
    at += 4 + length;
  }
  return fields;
}
