/** Items handed from one courier to another on the road: the code that joins both sides, and how
each side stands. Pure; codes are the office's too (`rounds/rules.py`, `passing_codes.json`). */
import type { Document, StoredOp } from '../sync/types';
import { factState, type ActView, type FactState, type OneRound, type StopView } from './round';

/** 31, a prime; none is taken for another by eye or ear. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXY';
const LENGTH = 8;
/** 8 · 4 leaves 1 by 31: with it the last symbol makes the sum a multiple. */
const INVERSE = 4;
const QR_HEAD = 'TN-BG1';
export const NUM_ITEMS_MAX = 60;

function weigh(symbols: string): number {
  return [...symbols].reduce((sum, one, at) => sum + (at + 1) * SYMBOLS.indexOf(one), 0);
}

/** A new code; `chance` gives bytes that nobody can foresee. */
export function makeCode(chance: (num: number) => Uint8Array): string {
  let code = '';
  while (code.length < LENGTH - 1) {
    const [byte = 255] = chance(1);
    // The bytes past a multiple of 31 would make some symbols likelier.
    if (byte < SYMBOLS.length * Math.floor(256 / SYMBOLS.length)) {
      code += SYMBOLS[byte % SYMBOLS.length];
    }
  }
  const rest = (INVERSE * weigh(code)) % SYMBOLS.length;
  return code + SYMBOLS[(SYMBOLS.length - rest) % SYMBOLS.length];
}

/** The code as it stands in a fact, from what was typed; null when it is none. */
export function readCode(typed: string): string | null {
  const code = typed
    .normalize('NFC')
    .replace(/[\s-]+/g, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const isWritten = code.length === LENGTH && [...code].every((one) => SYMBOLS.includes(one));
  return isWritten && weigh(code) % SYMBOLS.length === 0 ? code : null;
}

/** As it is read out: `K7M2 9QX5`. */
export function sayCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)} ${code.slice(LENGTH / 2)}`;
}

export interface Offer {
  code: string;
  /** null where the code was typed. */
  giver: string | null;
  name: string;
}

/** What the giver's screen shows as a QR code. */
export function writeOffer({ code, giver, name }: Offer): string {
  return [QR_HEAD, code, giver, name.replaceAll('|', ' ')].join('|');
}

/** The offer in a scanned or typed text; null when it is none. */
export function readOffer(text: string): Offer | null {
  const [head, said = '', giver = '', name] = text.normalize('NFC').split('|');
  if (head !== QR_HEAD) {
    const typed = readCode(text);
    return typed === null ? null : { code: typed, giver: null, name: '' };
  }
  const code = readCode(said);
  if (code === null || name === undefined || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-/.test(giver)) {
    return null;
  }
  return { code, giver, name };
}

export interface PassedItem {
  errand_id: string;
  item_id: string;
  item_code: string | null;
  seal_number: string | null;
  procedure_name: string;
  name: string;
  /** In the taker's hands, with no visit to make: it goes to the office. */
  is_loose: boolean;
}

/** A hand-over as the office tells it. */
export interface PassingDoc {
  id: string;
  code: string;
  side: 'giver' | 'taker';
  state: 'open' | 'joined' | 'kept' | 'given_up';
  standing: 'waits_for_other' | 'passing_differs' | 'passing_other_taker' | 'joined';
  other: string | null;
  num: number;
  at: string;
  items: PassedItem[];
}

/** A hand-over as this phone shows it: by the office's word, else by its own fact. */
export interface PassingView {
  code: string;
  side: 'giver' | 'taker';
  num: number;
  other: string | null;
  at: string;
  state: Exclude<PassingDoc['state'], 'open'> | PassingDoc['standing'] | FactState;
  /** Why it is held. */
  reason: string | null;
  /** Id of the giver's fact while nobody has said to have the items. */
  keep: string | null;
}

interface Said {
  code: string;
  errands?: string[];
  num?: number;
  at: string;
}

export function listDocs(documents: readonly Document[]): PassingDoc[] {
  return documents.filter(({ kind }) => kind === 'passing').map(({ doc }) => doc as PassingDoc);
}

/** All hand-overs of this phone, the newest first. */
export function listPassings(
  docs: readonly PassingDoc[],
  ops: readonly StoredOp[],
  ack: number,
): PassingView[] {
  const views = new Map<string, PassingView>();
  for (const doc of docs) {
    const state = doc.state === 'open' ? doc.standing : doc.state;
    const { code, side, num, other, at } = doc;
    views.set(code, { code, side, num, other, at, state, reason: null, keep: null });
  }
  for (const op of ops) {
    if (op.kind === 'items.passed' || op.kind === 'items.taken') {
      const said = JSON.parse(op.raw) as Said;
      const known = views.get(said.code);
      const side = op.kind === 'items.passed' ? 'giver' : 'taker';
      const num = said.errands?.length ?? said.num ?? 0;
      const isTold = known !== undefined && op.decision?.outcome === 'applied';
      const state = factState(op, ack);
      const reason = op.decision?.reason ?? null;
      if (!isTold) {
        const { code, at } = said;
        const other = known?.other ?? null;
        views.set(code, { code, side, num, other, at, state, reason, keep: null });
      }
      const view = views.get(said.code);
      const isWaiting = view && ['saved', 'sent', 'waits_for_other'].includes(view.state);
      if (view && side === 'giver') view.keep = isWaiting ? op.id : null;
    }
    if (op.kind === 'items.kept') {
      const view = views.get((JSON.parse(op.raw) as Said).code);
      if (view) view.keep = null;
      if (view && op.decision?.outcome !== 'held') view.state = 'kept';
    }
  }
  return [...views.values()].sort((a, b) => b.at.localeCompare(a.at));
}

/** What is in the bag and may go to a colleague: to be handed out, or to be brought back. */
export function listInBag(views: readonly OneRound[]): { stop: StopView; act: ActView }[] {
  const all = views
    .filter(({ round }) => round.state !== 'closed')
    .flatMap(({ stops }) => stops)
    .flatMap((stop) => stop.acts.map((act) => ({ stop, act })))
    .filter(({ act }) => act.state !== 'removed' && act.holder_kind === 'courier');
  // Out again after a visit in vain: the later round's.
  return all.filter(
    ({ act }, at) => !all.slice(at + 1).some((one) => one.act.errand_id === act.errand_id),
  );
}

/** What a colleague handed over and has no visit here: it is only brought to the office. */
export function listLoose(docs: readonly PassingDoc[], ops: readonly StoredOp[]): PassedItem[] {
  const gone = new Set(
    ops
      .filter(({ decision }) => decision === null || decision.outcome === 'held')
      .flatMap((op): string[] => {
        if (op.kind !== 'items.returned' && op.kind !== 'items.passed') return [];
        const { items = [], errands = [] } = JSON.parse(op.raw) as Record<string, string[]>;
        return [...items, ...errands];
      }),
  );
  return docs
    .filter(({ side, state }) => side === 'taker' && state === 'joined')
    .flatMap(({ items }) => items)
    .filter((one) => one.is_loose && !gone.has(one.item_id) && !gone.has(one.errand_id));
}
