// @vitest-environment node
/** Tests that the simulator's office decides as the server does: the same vectors hold for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addStop,
  decide,
  emptyKnown,
  reassign,
  stateOf,
  type Facts,
  type Known,
} from '../lib/sync/deciding';

type Wanted = Facts & { outcome: string; reason: string | null };
interface Batch {
  by: string;
  facts: Wanted[];
  withdrawn?: string[];
  is_suspect?: boolean;
}
type Step = Batch | { give: string; to: string };
interface Case {
  name: string;
  steps: Step[];
  then: Record<string, Record<string, { state: string; acts: Record<string, string> }>>;
}
interface Vectors {
  stops: Record<string, string>;
  cases: Case[];
}

const file = join(import.meta.dirname, '../../../tests/vectors/office_decisions.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const untold = (): void => undefined;

/** What the books say of a stop, as a case writes it. */
function bookOf(known: Known, courier: string, stop: string): object {
  const acts = Object.entries(known.rounds[courier]?.acts ?? {});
  const here = acts.filter(([, act]) => act.stop === stop).map(([name, act]) => [name, act.state]);
  return { state: stateOf(known, stop, courier), acts: Object.fromEntries(here) };
}

test.each(vectors.cases)('that the office decides: $name', ({ steps, then }) => {
  const known = emptyKnown();
  for (const [stop, courier] of Object.entries(vectors.stops)) {
    addStop(known, stop, courier, untold);
  }
  for (const step of steps) {
    if ('give' in step) reassign(known, step.give, step.to, untold);
    else {
      const { is_suspect = false } = step;
      for (const [place, fact] of step.facts.entries()) {
        const later = (step.withdrawn ?? []).map((op) => ({ id: '', kind: 'act.withdrawn', op }));
        const behind = [...step.facts.slice(place + 1), ...later];
        const { outcome, reason } = decide(known, { ...fact, is_suspect }, step.by, behind, untold);
        expect({ id: fact.id, outcome, reason }).toEqual({
          id: fact.id,
          outcome: fact.outcome,
          reason: fact.reason,
        });
      }
    }
  }
  for (const [courier, stops] of Object.entries(then)) {
    for (const [stop, book] of Object.entries(stops)) {
      expect(bookOf(known, courier, stop)).toEqual(book);
    }
  }
});
