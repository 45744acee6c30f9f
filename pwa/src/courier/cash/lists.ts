/** Payout lists go back to the office when the round is done: nothing more is paid from them. */
import { listLeases } from '../../lib/rules/cash';
import { act, app } from '../state.svelte';

/** Give back every list this phone has; true when all of it is on the disk. */
export async function giveListsBack(): Promise<boolean> {
  const leases = app.cash ? listLeases(app.cash, app.ops) : [];
  let isWhole = true;
  for (const { id } of leases) {
    isWhole = (await act({ kind: 'lease.released', fields: { lease: id } })) && isWhole;
  }
  return isWhole;
}
