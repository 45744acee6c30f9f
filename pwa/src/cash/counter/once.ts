/** Ids by which the server does a thing once, however often it is asked. */
import { makeUuid7 } from '../../lib/phone/ids';

export const makeId = (): string =>
  makeUuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

export interface Once {
  /** The id of this content: the same until the content changes or the thing is done. */
  idFor(content: unknown): string;
  /** It is done: what comes next is another thing. */
  done(): void;
}

/** A press again after a lost answer brings the same id, another content a new one. */
export function makeOnce(make: () => string = makeId): Once {
  let known: { text: string; id: string } | null = null;
  return {
    idFor(content) {
      const text = JSON.stringify(content);
      if (known?.text !== text) known = { text, id: make() };
      return known.id;
    },
    done() {
      known = null;
    },
  };
}
