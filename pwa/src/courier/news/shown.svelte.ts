/** What screens show of changes from the office; how they are found comes after the first load. */
import type { Change, Row } from '../../lib/rules/changes';
import type { StopView } from '../../lib/rules/round';

type Arrange = (stops: readonly StopView[], changes: readonly Change[]) => Row[];

let changes = $state.raw<readonly Change[]>([]);
let arrange: Arrange | null = null;

export const news = {
  get changes() {
    return changes;
  },
};

/** Show these changes, and the list meanwhile as `keep` arranges it. */
export function showNews(next: readonly Change[], keep: Arrange): void {
  arrange = keep;
  changes = next;
}

export function hideNews(): void {
  changes = [];
}

/** The day's list in the order under the finger. */
export function listRows(stops: readonly StopView[]): Row[] {
  if (changes.length > 0 && arrange !== null) return arrange(stops, changes);
  const shown = stops.filter((stop) => stop.state !== 'removed');
  return shown.map((stop) => ({ id: stop.id, stop, gone: null, isNew: false }));
}
