/** A phone's store with one of its rules taken away: what the checkers must see. */
import type { Change, PhoneStore } from '../../../src/lib/sync/types';

export const STORE_FAULTS = ['ack_not_lowered', 'saved_too_early', 'sent_not_marked'] as const;
export type StoreFault = (typeof STORE_FAULTS)[number];

export function spoil(store: PhoneStore, fault: string | null): PhoneStore {
  if (fault === 'sent_not_marked') return { ...store, markSent: async () => true };
  if (fault === 'saved_too_early') {
    return {
      ...store,
      append: async (op, expected) => {
        void store.append(op, expected).catch(() => undefined);
        return 'saved';
      },
    };
  }
  if (fault !== 'ack_not_lowered') return store;
  return {
    ...store,
    applyChange: async (change: Change, expected) => {
      const { ack } = await store.getMeta();
      return store.applyChange({ ...change, ack: Math.max(ack, change.ack) }, expected);
    },
  };
}
