/** What must hold after a day in the simulator, once the faults have stopped (reliability 1.9). */
import { openOn } from '../../src/lib/db/phone';
import { memoryDisk } from '../../src/lib/db/memory';
import { COUNTERS } from '../../src/lib/sync/store';
import type { Meta } from '../../src/lib/sync/types';
import { makeCipher } from '../lib/sync/phones';
import { chainHash, sha256, streamHash, type Town } from '../lib/sync/town';
import type { Handset } from './handset';

/** Everything that is wrong; empty when all is well. */
export async function findFaults(
  town: Town,
  handsets: readonly Handset[],
  excused: ReadonlySet<string>,
): Promise<string[]> {
  const faults = [...checkBooks(town), ...checkFeeds(town)];
  for (const handset of handsets) {
    faults.push(...checkSaved(town, handset, excused), ...checkWithdrawn(town, handset));
    faults.push(...checkPictures(town, handset, excused));
    if (!handset.is_wiped && !town.revoked.has(handset.device)) {
      faults.push(...(await checkPhone(town, handset)));
    }
  }
  return faults;
}

/** I2, I3, I7: gapless chains, one effect and one decision for every fact. */
function checkBooks(town: Town): string[] {
  const faults: string[] = [];
  const logged = new Set<string>();
  for (const [id, stream] of Object.entries(town.state.streams)) {
    let hash = streamHash(id);
    for (const [index, row] of stream.rows.entries()) {
      hash = chainHash(hash, row.raw);
      if (hash !== row.hash) faults.push(`I7 chain of ${id} broken at ${index + 1}`);
      logged.add(row.id);
    }
  }
  for (const id of logged) {
    const effects = town.state.effects[id] ?? 0;
    if (effects !== 1) faults.push(`I2 ${id} took effect ${effects} times`);
    if (!town.state.decisions[id]?.length) faults.push(`I3 ${id} was never decided`);
  }
  for (const id of Object.keys(town.state.effects)) {
    if (!logged.has(id)) faults.push(`I2 ${id} took effect without being recorded`);
  }
  return faults;
}

/** I4: every feed is numbered without gaps. */
function checkFeeds(town: Town): string[] {
  return Object.entries(town.state.feeds)
    .filter(([, { rows }]) => rows.some((row, index) => row.n !== index + 1))
    .map(([courier]) => `I4 feed of ${courier} has gaps`);
}

/** I1: what somebody saw as saved is recorded, or taken aside for a person, or on the phone. */
function checkSaved(town: Town, handset: Handset, excused: ReadonlySet<string>): string[] {
  const known = new Set(town.state.aside);
  for (const { rows } of Object.values(town.state.streams)) rows.forEach(({ id }) => known.add(id));
  for (const { op } of handset.rows.left.values()) known.add(op.id);
  return handset.saved
    .filter(({ id }) => !known.has(id) && !handset.gone.has(id) && !excused.has(id))
    .map(({ id, kind }) => `I1 ${kind} ${id} of ${handset.courier} is lost`);
}

/** I1 for pictures: what a saved fact names is stored, or its phone has lost it and said so. */
function checkPictures(town: Town, handset: Handset, excused: ReadonlySet<string>): string[] {
  const { saved, gone, gonePhotos, letGo } = handset;
  const named = saved.flatMap(({ id, photos }) => (gone.has(id) || excused.has(id) ? [] : photos));
  // A phone out of service is told nothing and tells nothing but its facts.
  const isSilent = town.revoked.has(handset.device);
  return named
    .filter((name) => !town.state.blobs[name]?.is_stored)
    .filter((name) => !gonePhotos.has(name) && !excused.has(name))
    .filter((name) => !letGo.has(name) || !(isSilent || town.state.let_go.includes(name)))
    .map((name) => `I1 picture ${name} of ${handset.courier} is lost`);
}

/** An act that was taken back in time never takes effect. */
function checkWithdrawn(town: Town, handset: Handset): string[] {
  return handset.withdrawn
    .filter(({ by }) => !handset.gone.has(by))
    .filter(({ id }) => {
      const [first] = town.state.decisions[id] ?? [];
      return first !== undefined && first.outcome !== 'noop';
    })
    .map(({ id }) => `undo: ${id} of ${handset.courier} took effect though it was taken back`);
}

/** I5, I9: the queue is empty, and the phone shows what the server has. */
async function checkPhone(town: Town, handset: Handset): Promise<string[]> {
  const name = handset.courier;
  const meta = handset.rows.meta.get(COUNTERS) as Meta | undefined;
  if (!meta) return [`${name} has no counters`];
  if (meta.head > meta.ack) return [`I9 ${name} still has ${meta.head - meta.ack} facts to send`];
  const faults: string[] = [];
  const cipher = makeCipher();
  cipher.key = meta.seal;
  const db = await openOn(
    memoryDisk(handset.rows),
    { makeId: () => '', sha256: (bytes) => sha256(bytes) },
    cipher,
  );
  const docs = town.feed(name).docs;
  const view = new Map(
    (await db.listView()).map((row) => [`${row.kind}/${row.ref}`, JSON.stringify(row.doc)]),
  );
  for (const key of new Set([...view.keys(), ...Object.keys(docs)])) {
    const there = docs[key] ? JSON.stringify(docs[key].doc) : undefined;
    if (view.get(key) !== there) faults.push(`I5 ${name} shows another ${key}`);
  }
  for (const op of await db.listAllOps()) {
    const last = town.state.decisions[op.id]?.at(-1);
    const own = op.decision;
    if (own?.n !== last?.n || own?.outcome !== last?.outcome) {
      faults.push(`I5 ${name} takes ${op.id} for ${own?.n} ${own?.outcome}`);
    }
  }
  const lost = [...handset.rows.blobs.values()].filter(
    (photo) => photo.state !== 'draft' && town.state.blobs[photo.sha256]?.is_stored !== true,
  );
  faults.push(...lost.map((photo) => `I1 picture ${photo.sha256} of ${name} is not stored`));
  const num_waiting = await db.countWaitingPhotos();
  if (num_waiting > 0) faults.push(`I9 ${name} still has ${num_waiting} pictures to send`);
  return faults;
}
