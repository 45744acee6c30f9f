/** A fact as its phone wrote it, told line by line to people; nothing of it is left out. */
import { hasWord, t, word } from '../i18n/desk/facts';
import { day, distance, money, shortDay, timeOfDay } from '../units';

export interface Line {
  label: string;
  value: string;
}

/** What a fact says: in words, as name and value where there are no words, and for technicians. */
export interface Told {
  lines: Line[];
  other: Line[];
  technical: Line[];
  /** Of a newer app: its words may mean something else. */
  isNewer: boolean;
}

type Fields = Record<string, unknown>;
/** What is shown of a value, and what of it has still to be told; null where it is not of the
shape that these words are for. */
type Reading = { value: string; rest?: unknown; technical?: unknown } | null;
type Read = (value: unknown) => Reading;

const KNOWN_VERSION = 1;
const TECHNICAL: ReadonlySet<string> = new Set([
  ...['id', 'v', 'mono', 'boot', 'side_hash', 'stop', 'act', 'round', 'op', 'point', 'handover'],
  ...['to', 'giver', 'grant'],
]);

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const text: Read = (value) => (typeof value === 'string' ? { value } : null);
const amount: Read = (value) => (isCount(value) ? { value: money(value) } : null);
const number: Read = (value) => (typeof value === 'number' ? { value: String(value) } : null);
const yesNo: Read = (value) =>
  typeof value === 'boolean' ? { value: t(value ? 'yes' : 'no') } : null;
const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));
/** How many there are; which ones is for technicians. */
const count: Read = (value) =>
  Array.isArray(value) ? { value: String(value.length), technical: value } : null;
/** Strokes of a finger. */
const drawn: Read = (value) =>
  typeof value === 'string'
    ? { value: t(value === '' ? 'no' : 'yes'), technical: value || undefined }
    : null;
const coded =
  (group: string): Read =>
  (value) =>
    typeof value === 'string' && hasWord(group, value) ? { value: word(group, value) } : null;

/** Split fields into those named and the rest; undefined where nothing is left. */
function split(fields: Fields, names: readonly string[]): Fields | undefined {
  const rest = Object.entries(fields).filter(([name]) => !names.includes(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

function readIdentity(value: unknown): Reading {
  if (!isFields(value)) return null;
  const { method, last4 = '' } = value;
  if (typeof method !== 'string' || typeof last4 !== 'string') return null;
  const name = word('identity', method);
  const told = last4 === '' ? name : t('identity', { method: name, last4 });
  return { value: told, rest: split(value, ['method', 'last4']) };
}

function readProxy(value: unknown): Reading {
  if (value === null) return { value: t('nobody_for') };
  if (!isFields(value)) return null;
  const { relation, authority } = value;
  if (typeof relation !== 'string' || typeof authority !== 'string') return null;
  return {
    value: t('proxy', { relation, authority: word('authority', authority) }),
    rest: split(value, ['relation', 'authority']),
  };
}

function readReceipt(value: unknown): Reading {
  if (value === null) return { value: t('none') };
  if (!isFields(value) || !isCount(value['number'])) return null;
  const { block } = value;
  return {
    value: String(value['number']).padStart(8, '0'),
    rest: split(value, ['number', 'block']),
    technical: block === undefined ? undefined : { block },
  };
}

function readNotes(value: unknown): Reading {
  if (value === null) return { value: t('none') };
  if (!isFields(value)) return null;
  const notes = Object.entries(value);
  if (!notes.every(([note, num]) => /^\d+$/.test(note) && isCount(num))) return null;
  const told = notes.map(([note, num]) => `${num as number} × ${money(Number(note))}`);
  return { value: told.length === 0 ? t('none') : told.join(', ') };
}

/** A list of things of one shape, each in words. */
const listed =
  (names: readonly string[], say: (one: Fields) => string | null): Read =>
  (value) => {
    if (!Array.isArray(value)) return null;
    const told = value.map((one) => (isFields(one) && !split(one, names) ? say(one) : null));
    if (told.includes(null)) return null;
    return { value: told.length === 0 ? t('none') : told.join('; ') };
  };
const readPapers = listed(['paper', 'form', 'count'], ({ paper, form, count: num }) =>
  typeof paper === 'string' && typeof form === 'string' && isCount(num)
    ? t('paper', { paper, form: word('form', form), count: num })
    : null,
);
const readReclaimed = listed(
  ['paper', 'is_taken', 'reason'],
  ({ paper, is_taken, reason = '' }) => {
    if (typeof paper !== 'string' || typeof reason !== 'string') return null;
    if (is_taken === true && reason === '') return t('taken', { paper });
    return is_taken === false ? t('not_taken', { paper, reason: reason || '–' }) : null;
  },
);
const readCodes: Read = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? { value: value.length === 0 ? t('none') : value.join(', ') }
    : null;
const readLease: Read = (value) => {
  if (value === null) return { value: t('lease_none') };
  return typeof value === 'string' ? { value: t('lease_held'), technical: value } : null;
};

/** In the order in which they are told: what, when, how much, who, why, with what. */
const FIELDS: Readonly<Record<string, Read>> = {
  kind: (value) => (typeof value === 'string' ? { value: word('kind', value) } : null),
  at: (value) =>
    isInstant(value) ? { value: `${timeOfDay(value)} ${shortDay(value)}`, technical: value } : null,
  amount_vnd: amount,
  fee_vnd: amount,
  fee_shown_vnd: amount,
  notes: readNotes,
  method: coded('method'),
  receipt: readReceipt,
  name: text,
  identity: readIdentity,
  proxy: readProxy,
  authority_id: text,
  wrong: coded('wrong'),
  reason: (value) => (typeof value === 'string' ? { value: word('failure', value) } : null),
  note: text,
  text,
  invited: yesNo,
  next_on: (value) => (isInstant(value) ? { value: day(value), technical: value } : null),
  checklist: readPapers,
  seal: text,
  sealed_before_citizen: yesNo,
  is_seal_whole: yesNo,
  reclaimed: readReclaimed,
  items: count,
  missing: count,
  errands: count,
  num: number,
  surplus: readCodes,
  code: text,
  lease: readLease,
  photos: count,
  sign_citizen: drawn,
  sign_courier: drawn,
  payer_sign: drawn,
  lat: number,
  lon: number,
  accuracy_m: (value) =>
    typeof value === 'number' && Number.isFinite(value)
      ? { value: distance(value), technical: value }
      : null,
  points: count,
};

/** JSON as text, in which a number too long for this language keeps its digits. */
function parse(raw: string): unknown {
  const keep = (_: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value)
      ? (context?.source ?? value)
      : value;
  return JSON.parse(raw, keep as (name: string, value: unknown) => unknown);
}

/** Return every value below one, each under its whole name: `identity.method`, `photos.0`. */
function flatten(name: string, value: unknown): Line[] {
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value);
    if (parts.length > 0) return parts.flatMap(([key, one]) => flatten(`${name}.${key}`, one));
  }
  return [{ label: name, value: typeof value === 'string' ? value : JSON.stringify(value) }];
}

/** Tell a fact, or its personal part, to people; null where it is no JSON object. */
export function tell(raw: string): Told | null {
  let fact: unknown;
  try {
    fact = parse(raw);
  } catch {
    return null;
  }
  if (!isFields(fact)) return null;
  const version = fact['v'];
  const told: Told = { lines: [], other: [], technical: [], isNewer: false };
  told.isNewer = version !== undefined && version !== KNOWN_VERSION;
  const order = Object.keys(FIELDS);
  const names = Object.keys(fact).sort((one, other) => placeOf(order, one) - placeOf(order, other));
  for (const name of names) addField(told, name, fact[name]);
  return told;
}

const placeOf = (order: readonly string[], name: string): number => {
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
};

function addField(told: Told, name: string, value: unknown): void {
  const isEnvelope = name === 'kind' || name === 'at';
  const read = told.isNewer && !isEnvelope ? undefined : own(FIELDS, name);
  const reading = value === null && read && !hasNull(name) ? { value: t('none') } : read?.(value);
  if (reading) {
    const { value: shown, rest, technical } = reading as NonNullable<Reading>;
    told.lines.push({ label: t(`field_${name}` as 'field_kind'), value: shown });
    if (rest !== undefined) told.other.push(...flatten(name, rest));
    if (technical !== undefined) told.technical.push(...flatten(name, technical));
  } else {
    const place = TECHNICAL.has(name) && !told.isNewer ? told.technical : told.other;
    place.push(...flatten(name, value));
  }
}

const own = (fields: Readonly<Record<string, Read>>, name: string): Read | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;
/** Fields whose null says something of its own. */
const hasNull = (name: string): boolean => ['proxy', 'receipt', 'notes', 'lease'].includes(name);
