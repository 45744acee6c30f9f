// @vitest-environment node
/** Tests that seeded days of loss, doubling, restarts and restores lose and double nothing. */
import { expect, test } from 'vitest';
import { record } from '../../../src/lib/sync/acts';
import { exchangeOnce } from '../../../src/lib/sync/exchange';
import { makeChance, makePhone, Town } from './phones';

const SEEDS = Array.from({ length: 25 }, (_, at) => 1000 + at);

test.each(SEEDS)('that a stormy day ends whole (seed %d)', async (seed) => {
  const chance = makeChance(seed);
  const town = new Town();
  town.change('round', 'r', {});
  const name = `storm-${seed}`;
  let phone = await makePhone(town, seed, name);
  const saved: string[] = [];
  let backup = town.backup();
  const set = (share: number): void => {
    Object.assign(phone.network.faults, { lost: share, reply_lost: share, doubled: share });
  };
  for (let step = 0; step < 80; step += 1) {
    const dice = chance();
    set(0.25);
    if (dice < 0.4) {
      saved.push((await record(phone.ports, { kind: 'note.added', fields: { step } })).id);
    } else if (dice < 0.8) {
      // Records while an exchange is under way, as a courier does.
      const [op] = await Promise.all([
        record(phone.ports, { kind: 'note.added', fields: { step } }),
        exchangeOnce(phone.ports, 1 + Math.floor(chance() * 5)),
      ]);
      saved.push(op.id);
    } else if (dice < 0.85) {
      town.change('stop', `s${step % 7}`, chance() < 0.3 ? null : { step });
    } else if (dice < 0.9) {
      backup = town.backup();
    } else if (dice < 0.94) {
      town.restore(backup);
    } else if (dice < 0.97) {
      town.safe = 0; // nothing here is 14 days old: a restore must find every op
    } else {
      phone.db.close(); // the browser is killed
      phone = await makePhone(town, seed + step, name);
    }
  }
  set(0);
  for (let turn = 0; turn < 100; turn += 1) {
    const outcome = await exchangeOnce(phone.ports, 50);
    if (outcome.kind === 'done' && !outcome.again) break;
  }
  const meta = await phone.db.getMeta();
  expect(meta.head).toBe(meta.ack);
  expect(saved.filter((id) => town.state.effects[id] !== 1)).toEqual([]);
  expect(Object.keys(town.state.effects)).toHaveLength(saved.length);
  const view = (await phone.db.listView()).map((row) => `${row.kind}/${row.ref}`).sort();
  expect(view).toEqual(Object.keys(town.feed('me').docs).sort());
});
