/** What a courier brings back to the office before a round closes, over all rounds of the phone.

Pure; the office decides it too (`rounds/rules.py`, `tests/vectors/items_to_bring.json`). */
import type { ActView, OneRound, RoundDoc, StopView } from './round';

type Standing = readonly [round_id: string, state: ActView['state']];

/** True where an item in hand must be back before a round closes. `rounds` are those not closed;
`acts` what they have to do with the item, removed acts left out. */
export function isToBring(
  closing: string,
  rounds: Readonly<Record<string, RoundDoc['state']>>,
  acts: readonly Standing[],
): boolean {
  if (acts.some(([round, state]) => round !== closing && state === 'open')) return false;
  if (acts.length > 0) return acts.some(([round]) => round === closing);
  return isLastOut(closing, rounds);
}

/** True where no other round is out: what stands on none comes back with this one. */
export function isLastOut(
  closing: string,
  rounds: Readonly<Record<string, RoundDoc['state']>>,
): boolean {
  return !Object.entries(rounds).some(([id, state]) => id !== closing && state === 'open');
}

/** The rounds that are not closed, with their states. */
export function listUnclosed(views: readonly OneRound[]): Record<string, RoundDoc['state']> {
  const open = views.filter(({ round }) => round.state !== 'closed');
  return Object.fromEntries(open.map(({ round }) => [round.id, round.state]));
}

export interface InHand {
  round: RoundDoc;
  stop: StopView;
  act: ActView;
}

/** What is in the courier's hands and must come back with one round. */
export function listOnHand(views: readonly OneRound[], closing: string): InHand[] {
  const rounds = listUnclosed(views);
  const all = views
    .filter(({ round }) => round.id in rounds)
    .flatMap(({ round, stops }) =>
      stops.flatMap((stop) => stop.acts.map((act) => ({ round, stop, act }))),
    )
    .filter(({ act }) => act.state !== 'removed');
  return all.filter(({ round, act }) => {
    if (round.id !== closing || act.holder_kind !== 'courier' || act.state === 'open') return false;
    const same = all.filter((one) => one.act.errand_id === act.errand_id);
    return isToBring(
      closing,
      rounds,
      same.map((one) => [one.round.id, one.act.state] as const),
    );
  });
}

/** What goes back when a round closes: its own, and what rounds before it have left over. */
export function listToGiveBack(views: readonly OneRound[], closing: RoundDoc): InHand[] {
  const due = views
    .filter(({ round }) => round.state !== 'closed' && round.service_on <= closing.service_on)
    .flatMap(({ round }) => listOnHand(views, round.id));
  // In vain on two rounds: the later one's.
  return due.filter(
    ({ act }, at) => !due.slice(at + 1).some((one) => one.act.item_id === act.item_id),
  );
}
