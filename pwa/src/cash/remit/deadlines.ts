/** Deadlines and numbers of receipts: what the screens work out themselves. */
import type * as wire from './wire';

export type Urgency = 'late' | 'today' | 'later';

/** Return how near the last day of handing on is; days are `YYYY-MM-DD`. */
export function urgencyOf(remit_by: string, today: string): Urgency {
  if (remit_by < today) return 'late';
  return remit_by === today ? 'today' : 'later';
}

/** What one payee is to get of one kind: one batch takes all of it. */
export interface Due {
  key: string;
  kind: wire.ChargeKind;
  payee_id: string;
  payee_name: string;
  lines: wire.Deadline[];
  amount_vnd: number;
  /** How many are in no batch yet. */
  num_free: number;
  remit_by: string;
}

/** Gather deadlines by payee and kind, the most urgent first. */
export function gatherDue(lines: readonly wire.Deadline[]): Due[] {
  const found = new Map<string, Due>();
  for (const line of [...lines].sort((a, b) => a.remit_by.localeCompare(b.remit_by))) {
    const key = `${line.kind}:${line.payee_id}`;
    const due = found.get(key) ?? {
      key,
      kind: line.kind,
      payee_id: line.payee_id,
      payee_name: line.payee_name,
      lines: [],
      amount_vnd: 0,
      num_free: 0,
      remit_by: line.remit_by,
    };
    due.lines.push(line);
    due.amount_vnd += line.amount_vnd;
    due.num_free += line.num_charges - line.num_batched;
    found.set(key, due);
  }
  return [...found.values()];
}

/** `26TAB`, 42 → `26TAB 00000042`, as receipts write it. */
export const titleOf = (symbol: string, number: number): string =>
  `${symbol} ${String(number).padStart(8, '0')}`;

/** Write numbers short: `26TAB 00000001 – 00000049`, a run where they follow each other. */
export function foldRuns(symbol: string, numbers: readonly number[]): string[] {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) =>
    first === last
      ? titleOf(symbol, first)
      : `${titleOf(symbol, first)} – ${String(last).padStart(8, '0')}`,
  );
}

export const numLeft = (one: { last_number: number; next_number: number }): number =>
  one.last_number + 1 - one.next_number;

export const numAll = (one: { last_number: number; first_number: number }): number =>
  one.last_number + 1 - one.first_number;

/** Two digits of the year, T and two letters that no other is taken for. */
export const isSymbol = (text: string): boolean =>
  /^[0-9]{2}T[ABCDEGHKLMNPQRSTUVXY]{2}$/.test(text);

/** The months before and of a day, the newest first: `2026-11`. */
export function listMonths(day: string, num: number): string[] {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return Array.from({ length: num }, (_, back) => {
    const whole = year * 12 + month - 1 - back;
    return `${Math.floor(whole / 12)}-${String((whole % 12) + 1).padStart(2, '0')}`;
  });
}

/** The quarters before and of a day, the newest first: `2026-4`. */
export function listQuarters(day: string, num: number): string[] {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return Array.from({ length: num }, (_, back) => {
    const whole = year * 4 + Math.ceil(month / 3) - 1 - back;
    return `${Math.floor(whole / 4)}-${(whole % 4) + 1}`;
  });
}
