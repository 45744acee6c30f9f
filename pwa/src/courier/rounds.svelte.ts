/** The rounds on this phone, and which of them is shown. */
import type { OneRound, RoundDoc, RoundView, StopView } from '../lib/rules/round';
import { chooseRound, listBeside, NO_ROUND } from '../lib/rules/rounds';

/** The courier's own choice, for the day it was made on; `id` is empty where the phone chooses. */
export interface Choice {
  id: string;
  on: string;
}

let views = $state.raw<readonly OneRound[]>([]);
let today = $state('');
let choice = $state.raw<Choice | null>(null);
const view = $derived<RoundView>(
  chooseRound(views, today, choice?.on === today ? choice.id : null),
);
const beside = $derived(listBeside(views, today));
const isOut = ({ round }: RoundView): boolean => round?.state === 'open';

export const rounds = {
  /** Every round the phone knows of, closed ones of before too; the oldest first. */
  get all() {
    return views;
  },
  /** Those there are to choose from. */
  get beside() {
    return beside;
  },
  /** The one that is shown. */
  get view() {
    return view;
  },
  /** The service day, by the office's clock as far as it is known. */
  get today() {
    return today;
  },
  /** The round that is out: the one shown, or another. */
  get out() {
    return isOut(view) ? view.round : (views.find(isOut)?.round ?? null);
  },
  get choice() {
    return choice;
  },
};

export function setRounds(next: readonly OneRound[], on: string): void {
  views = next;
  today = on;
}

export function choose(next: Choice | null): void {
  choice = next;
}

/** A stop of any round. */
export function findStop(id: string): StopView | null {
  return views.flatMap(({ stops }) => stops).find((stop) => stop.id === id) ?? null;
}

/** The round a stop belongs to, whichever is shown. */
export function viewOf(stop: StopView | null): RoundView {
  return views.find(({ round }) => round.id === stop?.round_id) ?? NO_ROUND;
}

export function roundOf(stop: StopView | null): RoundDoc | null {
  return viewOf(stop).round;
}
