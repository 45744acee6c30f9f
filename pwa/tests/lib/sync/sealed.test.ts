// @vitest-environment node
/** Tests that a locked, closed or lost phone still hands over its facts, and shows none of them. */
import { describe, expect, test } from 'vitest';
import { openPhone } from '../../../src/lib/db/phone';
import { record } from '../../../src/lib/sync/acts';
import { hexOf } from '../../../src/lib/sync/chain';
import { exchangeOnce, OPS_MAX, type Outcome } from '../../../src/lib/sync/exchange';
import { startLoop } from '../../../src/lib/sync/loop';
import { sendPhotos } from '../../../src/lib/sync/photos';
import { offerLeft } from '../../../src/lib/sync/reissue';
import { Locked } from '../../../src/lib/sync/seals';
import { makeExport } from '../../../src/lib/phone/export';
import { beginShift, lockPhone, makePhone, sha256, Town, type TestPhone } from './phones';

const fact = (text: string) => ({
  kind: 'note.added',
  fields: { stop: 's1', text },
  side: { name: `bà ${text}` },
});

async function drain(phone: TestPhone): Promise<Outcome> {
  for (let turn = 0; turn < 50; turn += 1) {
    const outcome = await exchangeOnce(phone.ports, OPS_MAX);
    const goesOn = (outcome.kind === 'done' || outcome.kind === 'revoked') && outcome.again;
    if (!goesOn) return outcome;
  }
  throw new Error('the exchange does not come to rest');
}

const onDisk = async (phone: TestPhone): Promise<string> =>
  JSON.stringify(await phone.db.listKept());

async function keepPicture(phone: TestPhone, bytes: number[]): Promise<string> {
  const whole = Uint8Array.from(bytes);
  const name = hexOf(await sha256(whole));
  const media_type = 'image/jpeg';
  await phone.db.keepPhoto({ sha256: name, bytes: whole, media_type, taken_at: 0, state: 'draft' });
  return name;
}

describe('a shift', () => {
  test('that what was kept open comes under the key whole, and nothing is lost', async () => {
    const town = new Town();
    town.change('stop', 's1', { name: 'Nguyễn Thị Sáu' });
    const phone = await makePhone(town, 41);
    await drain(phone);
    await record(phone.ports, fact('một'));
    await phone.db.saveDraft('stop/s1', { step: 'seal' });
    const picture = await keepPicture(phone, [1, 2, 3]);
    await beginShift(phone, 'k1');
    await record(phone.ports, fact('hai'));
    expect(await onDisk(phone)).not.toContain('một');
    expect(await onDisk(phone)).not.toContain('hai');
    expect((await phone.db.listAllOps()).map((op) => JSON.parse(op.raw).text)).toEqual([
      'một',
      'hai',
    ]);
    expect((await phone.db.listView())[0]?.doc).toEqual({ name: 'Nguyễn Thị Sáu' });
    expect(await phone.db.getDraft('stop/s1')).toEqual({ step: 'seal' });
    expect((await phone.db.findPhoto(picture))?.bytes).toEqual(Uint8Array.from([1, 2, 3]));
    lockPhone(phone);
    expect(await phone.db.listAllOps()).toEqual([]);
    expect(await phone.db.listView()).toEqual([]);
    expect(await phone.db.getDraft('stop/s1')).toBeNull();
    expect(await phone.db.findPhoto(picture)).toBeNull();
  });

  test('that a new phone takes nothing readable before its first shift', async () => {
    const town = new Town();
    town.change('stop', 's1', { name: 'Nguyễn Thị Sáu' });
    const name = 'sealed-from-birth';
    const ports = { makeId: () => crypto.randomUUID(), sha256 };
    (await openPhone(name, ports, undefined, true)).close();
    const phone = await makePhone(town, 56, name);
    await expect(record(phone.ports, fact('một'))).rejects.toThrow(Locked);
    await drain(phone);
    expect(await phone.db.listView()).toEqual([]);
    await beginShift(phone, 'k1');
    await drain(phone);
    expect(await phone.db.listView()).toHaveLength(1);
    expect((await record(phone.ports, fact('một'))).seq).toBe(1);
  });

  test('that a locked phone sends sealed, and knows all after the PIN', async () => {
    const town = new Town();
    const phone = await makePhone(town, 42);
    await beginShift(phone, 'k1');
    await drain(phone);
    const op = await record(phone.ports, fact('một'));
    lockPhone(phone);
    await expect(record(phone.ports, fact('hai'))).rejects.toThrow(Locked);
    town.change('stop', 's1', { name: 'Sáu' });
    expect(await drain(phone)).toEqual({ kind: 'done', again: false });
    const last = phone.network.seen.at(-1) ?? '';
    expect(last).toContain('"feed":false');
    expect(phone.network.seen.join()).not.toContain('một');
    expect(town.state.effects).toEqual({ [op.id]: 1 });
    expect(town.state.streams[(await phone.db.getMeta()).stream]?.rows[0]?.raw).toBe(op.raw);
    phone.cipher.key = 'k1';
    await drain(phone);
    expect((await phone.db.listAllOps())[0]?.decision?.outcome).toBe('applied');
    expect(await phone.db.listView()).toHaveLength(1);
  });

  test('that the close destroys the view and keeps the unsent facts', async () => {
    const town = new Town();
    town.change('stop', 's1', { name: 'Sáu' });
    const phone = await makePhone(town, 43);
    await beginShift(phone, 'k1');
    await drain(phone);
    const picture = await keepPicture(phone, [9, 9]);
    await record(phone.ports, { ...fact('một'), fields: { photos: [picture] } });
    await phone.db.saveDraft('x', 1);
    lockPhone(phone);
    await phone.db.shift.end('ended');
    await drain(phone);
    expect(await sendPhotos(phone.ports)).toBe('all_sent');
    expect(town.photos).toEqual([picture]);
    const meta = await phone.db.getMeta();
    expect([meta.head, meta.ack, meta.seal]).toEqual([1, 1, '']);
    await expect(record(phone.ports, fact('hai'))).rejects.toThrow(Locked);
    await beginShift(phone, 'k2'); // the next morning
    await drain(phone);
    expect(await phone.db.listView()).toHaveLength(1);
    expect((await phone.db.getMeta()).decided).toBe(1);
    expect(await phone.db.getDraft('x')).toBeNull();
  });

  test('that a restored server hears a closed phone too', async () => {
    const town = new Town();
    const phone = await makePhone(town, 44);
    await beginShift(phone, 'k1');
    await drain(phone);
    const before = town.backup();
    const op = await record(phone.ports, fact('một'));
    await drain(phone);
    lockPhone(phone);
    await phone.db.shift.end('ended');
    town.restore(before);
    await drain(phone);
    expect(town.state.effects[op.id]).toBe(1);
  });
});

describe('a fork', () => {
  const fork = async (town: Town, phone: TestPhone): Promise<void> => {
    const { stream } = await phone.db.getMeta();
    const other = { id: 'other', raw: '{}', hash: '00'.repeat(32), received_at: 0 };
    town.state.streams[stream]?.rows.push(other);
  };

  test('that a shift begun while a new stream is written keeps its key', async () => {
    const town = new Town();
    const phone = await makePhone(town, 57);
    await record(phone.ports, fact('một'));
    await drain(phone);
    await fork(town, phone);
    const op = await record(phone.ports, fact('hai'));
    const { startStream } = phone.db;
    const store = {
      ...phone.db,
      startStream: async (...args: Parameters<typeof startStream>) => {
        await beginShift(phone, 'k1');
        return startStream(...args);
      },
    };
    await exchangeOnce({ ...phone.ports, store }, OPS_MAX);
    expect((await phone.db.getMeta()).seal).toBe('k1');
    expect(await onDisk(phone)).not.toContain('hai');
    await drain(phone);
    expect(town.state.effects[op.id]).toBe(1);
  });

  test('that a locked phone waits for the PIN before it begins anew', async () => {
    const town = new Town();
    const phone = await makePhone(town, 45);
    await beginShift(phone, 'k1');
    await record(phone.ports, fact('một'));
    await drain(phone);
    await fork(town, phone);
    const op = await record(phone.ports, fact('hai'));
    lockPhone(phone);
    expect(await drain(phone)).toEqual({ kind: 'locked' });
    phone.cipher.key = 'k1';
    await drain(phone);
    expect(town.state.effects[op.id]).toBe(1);
  });

  test('that facts nobody can read are set aside, and the readable go on', async () => {
    const town = new Town();
    const phone = await makePhone(town, 46);
    await beginShift(phone, 'k1');
    await record(phone.ports, fact('một'));
    await drain(phone);
    await fork(town, phone);
    const old = await record(phone.ports, fact('hai'));
    await phone.db.shift.end('ended');
    await beginShift(phone, 'k2');
    const fresh = await record(phone.ports, fact('ba'));
    await drain(phone);
    expect(town.state.effects[fresh.id]).toBe(1);
    expect(town.state.aside).toContain(old.id);
    const kept = await phone.db.listKept();
    expect(kept.left.map((row) => row.op.id)).toContain(old.id);
    expect(await phone.db.countLeft()).toBe(0);
  });

  test('that what a stream left is counted, and offered until it is set aside (S15)', async () => {
    const town = new Town();
    const phone = await makePhone(town, 56);
    await beginShift(phone, 'k1');
    await record(phone.ports, fact('một'));
    await drain(phone);
    await fork(town, phone);
    const { stream } = await phone.db.getMeta();
    const old = [await record(phone.ports, fact('hai')), await record(phone.ports, fact('ba'))];
    await phone.db.shift.end('ended');
    await beginShift(phone, 'k2');
    let asked = 0;
    const { network } = phone.ports;
    const isOld = (body: string): boolean => JSON.parse(body).stream === stream;
    const ports = {
      ...phone.ports,
      network: {
        ...network,
        exchange: async (body: string) => {
          if (isOld(body)) asked += 1;
          const refused = { status: 403, body: { code: 'not_your_stream' }, retry_after_s: null };
          return asked > 1 && isOld(body) ? refused : network.exchange(body);
        },
      },
    };
    while ((await phone.db.getMeta()).stream === stream) await exchangeOnce(ports, OPS_MAX);
    expect(await phone.db.countLeft()).toBe(2);
    await offerLeft(ports); // refused again: nothing is forgotten
    expect(await phone.db.countLeft()).toBe(2);
    const timer = { set: () => 1, clear: () => undefined };
    const loop = startLoop(phone.ports, timer, () => undefined);
    expect(await loop.syncNow()).toBe(0);
    loop.stop();
    expect(old.filter((op) => !town.state.aside.includes(op.id))).toEqual([]);
    expect((await phone.db.listKept()).left).toHaveLength(3);
  });
});

describe('a phone out of service', () => {
  const timer = { set: () => 1, clear: () => undefined };

  test('that it hands over everything, then forgets everything (S21)', async () => {
    const town = new Town();
    const phone = await makePhone(town, 47);
    await beginShift(phone, 'k1');
    await drain(phone);
    const saved: string[] = [];
    for (let at = 0; at < 450; at += 1) saved.push((await record(phone.ports, fact(`${at}`))).id);
    const act = { kind: 'result.delivered', fields: { stop: 's', act: 'a' } };
    saved.push((await record(phone.ports, act)).id); // still within its ten seconds
    town.revoked.add('d1');
    const loop = startLoop(phone.ports, timer, () => undefined);
    loop.wake();
    while (phone.wiped === 0) await new Promise((done) => setTimeout(done, 5));
    expect(saved.filter((id) => !town.state.aside.includes(id))).toEqual([]);
    expect((await phone.db.listKept()).ops).toEqual([]);
    await expect(phone.db.getMeta()).rejects.toThrow('counters');
  });

  test('that it hands over again what a restored server forgot, before it is wiped', async () => {
    const town = new Town();
    const phone = await makePhone(town, 53);
    await drain(phone);
    const before = town.backup();
    const op = await record(phone.ports, fact('một'));
    await drain(phone);
    town.restore(before);
    town.revoked.add('d1');
    const outcome = await drain(phone);
    expect(outcome).toEqual({ kind: 'revoked', again: false, wipe: true });
    expect(town.state.aside).toEqual([op.id]);
  });

  // The simulator found these two (seeds 59 and 924 of its first day).
  test('that nothing is recorded any more once it knows', async () => {
    const town = new Town();
    const phone = await makePhone(town, 54);
    await drain(phone);
    town.revoked.add('d1');
    await exchangeOnce(phone.ports, OPS_MAX);
    await expect(record(phone.ports, fact('một'))).rejects.toThrow(Locked);
    town.revoked.clear(); // a mistake, and in service again
    await drain(phone);
    expect((await record(phone.ports, fact('hai'))).seq).toBe(1);
  });

  test('that one killed before its wipe hands over again to a restored server', async () => {
    const town = new Town();
    const phone = await makePhone(town, 55);
    await drain(phone);
    const before = town.backup();
    const op = await record(phone.ports, fact('một'));
    town.revoked.add('d1');
    expect(await drain(phone)).toMatchObject({ wipe: true }); // and killed here
    town.restore(before);
    expect(await drain(phone)).toMatchObject({ wipe: true });
    expect(town.state.aside).toEqual([op.id]);
  });

  test('that it keeps everything while the server has not said wipe', async () => {
    const phone = await makePhone(new Town(), 48);
    await record(phone.ports, fact('một'));
    const body = { code: 'device_revoked', ack: 0, wipe: false };
    phone.network.faults.answers.push({ status: 403, body, retry_after_s: null });
    expect(await exchangeOnce(phone.ports, OPS_MAX)).toMatchObject({ wipe: false });
    expect(await phone.db.listAllOps()).toHaveLength(1);
    expect((await phone.db.getMeta()).is_revoked).toBe(true);
  });
});

test('that without a session facts go by the signature alone, and nothing is told', async () => {
  const town = new Town();
  const phone = await makePhone(town, 49);
  await drain(phone);
  town.change('stop', 's1', { name: 'Sáu' });
  const { epoch } = await phone.db.getMeta();
  phone.network.who.has_session = false;
  const op = await record(phone.ports, fact('một'));
  expect(await drain(phone)).toEqual({ kind: 'sign_in' });
  expect(town.state.effects[op.id]).toBe(1);
  expect(await phone.db.getMeta()).toMatchObject({ epoch, ack: 1, decided: 0 });
  phone.network.who.has_session = true;
  await drain(phone);
  expect(await phone.db.getMeta()).toMatchObject({ decided: 1 });
  expect(await phone.db.listView()).toHaveLength(1);
});

test('that a phone enrolled anew goes on under a new stream, another person does not', async () => {
  const town = new Town();
  const phone = await makePhone(town, 50);
  await drain(phone);
  const op = await record(phone.ports, fact('một'));
  phone.network.who.device = 'd2';
  phone.network.isOurs = async () => false;
  expect(await drain(phone)).toEqual({ kind: 'sign_in' });
  expect(town.state.effects).toEqual({});
  phone.network.isOurs = async () => true;
  await drain(phone);
  expect(town.state.effects[op.id]).toBe(1);
});

test('that the export carries every unsent fact: sealed ones sealed', async () => {
  const phone = await makePhone(new Town(), 51);
  await record(phone.ports, fact('một'));
  await drain(phone);
  const open = await record(phone.ports, fact('hai'));
  const clear = makeExport(await phone.db.getMeta(), await phone.db.listKept(), 'test', 0);
  expect(JSON.parse(clear).ops).toMatchObject([{ seq: 2, raw: open.raw, hash: open.hash }]);
  await beginShift(phone, 'k1');
  const sealed = makeExport(await phone.db.getMeta(), await phone.db.listKept(), 'test', 0);
  expect(JSON.parse(sealed).ops).toMatchObject([{ seq: 2, id: open.id, sealed: { eph: 'k1' } }]);
  expect(sealed).not.toContain('hai');
});

test('that a captive portal is never taken for an answer', async () => {
  const phone = await makePhone(new Town(), 52);
  await record(phone.ports, fact('một'));
  const page = { status: 200, body: null, retry_after_s: null, is_portal: true };
  phone.network.faults.answers.push(page, page);
  const before = await phone.db.getMeta();
  const loop = startLoop(phone.ports, { set: () => 1, clear: () => undefined }, () => undefined);
  expect(await loop.syncNow()).toBe(1);
  expect(loop.state().trouble).toBe('portal');
  expect((await phone.db.getMeta()).ack).toBe(before.ack);
});
