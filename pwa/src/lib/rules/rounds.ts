/** Which of the rounds that a phone knows of is shown, and which lie beside it. Pure. */
import { isOpenStop, type OneRound, type RoundView } from './round';

export const NO_ROUND: RoundView = { round: null, stops: [] };

/** The rounds a courier may look at, the oldest first: what is out, what comes, today's; one of
an earlier day that never set out while something is open on it. `today` is `YYYY-MM-DD`. */
export function listBeside(views: readonly OneRound[], today: string): OneRound[] {
  return views.filter(({ round, stops }) => {
    if (round.service_on === today || round.state === 'open') return true;
    return round.state !== 'closed' && (round.service_on > today || stops.some(isOpenStop));
  });
}

/** The round to show: the one chosen, else the oldest that is out, today's, the next to come, or
one of before. A round that is out is never hidden by a newer one. */
export function chooseRound(
  views: readonly OneRound[],
  today: string,
  chosen: string | null,
): RoundView {
  const beside = listBeside(views, today);
  return (
    beside.find(({ round }) => round.id === chosen) ??
    beside.find(({ round }) => round.state === 'open') ??
    beside.find(({ round }) => round.service_on === today) ??
    beside.find(({ round }) => round.service_on > today) ??
    beside[0] ??
    views.at(-1) ??
    NO_ROUND
  );
}
