// @vitest-environment node
/** Tests that pictures go up in pieces from where the server has them, whatever breaks off. */
import { expect, test } from 'vitest';
import { record } from '../../../src/lib/sync/acts';
import { hexOf } from '../../../src/lib/sync/chain';
import { exchangeOnce, OPS_MAX } from '../../../src/lib/sync/exchange';
import { CHUNK_BYTES, sendPhotos } from '../../../src/lib/sync/photos';
import { beginShift, makePhone, sha256, Town, type TestPhone } from './phones';

async function takePicture(phone: TestPhone, length: number): Promise<string> {
  const bytes = Uint8Array.from({ length }, (_, at) => at % 251);
  const name = hexOf(await sha256(bytes));
  await phone.db.keepPhoto({
    sha256: name,
    bytes,
    media_type: 'image/jpeg',
    state: 'draft',
    taken_at: 1,
  });
  await record(phone.ports, { kind: 'note.added', fields: { photos: [name] } });
  return name;
}

test.each([false, true])(
  'that a large picture arrives in pieces (sealed: %s)',
  async (isSealed) => {
    const town = new Town();
    const phone = await makePhone(town, 71);
    if (isSealed) await beginShift(phone, 'k1');
    await exchangeOnce(phone.ports, OPS_MAX);
    const name = await takePicture(phone, 3 * CHUNK_BYTES - 5);
    let num_pieces = 0;
    const { patchBlob } = phone.network;
    phone.network.patchBlob = (chunk) => {
      num_pieces += 1;
      expect(chunk.bytes.length).toBeLessThanOrEqual(256 * 1024);
      // The line breaks after every second piece, once with the piece already there.
      if (num_pieces % 2 === 0) phone.network.faults.reply_lost = 1;
      return patchBlob(chunk).finally(() => (phone.network.faults.reply_lost = 0));
    };
    expect(await sendPhotos(phone.ports)).toBe('retry');
    expect(await sendPhotos(phone.ports)).toBe('all_sent');
    expect(num_pieces).toBe(3);
    expect(town.photos).toEqual([name]);
    expect((await phone.db.getPhoto(name))?.state).toBe('sent');
    await exchangeOnce(phone.ports, OPS_MAX);
    await exchangeOnce(phone.ports, OPS_MAX); // the feed says it is there
    expect((await phone.db.getPhoto(name))?.state).toBe('stored');
  },
);

test('that another offset than ours is taken from the server', async () => {
  const town = new Town();
  const phone = await makePhone(town, 72);
  const name = await takePicture(phone, CHUNK_BYTES + 10);
  const { headBlob } = phone.network;
  phone.network.headBlob = async (sha) => ({ ...(await headBlob(sha)), status: 200, offset: 7 });
  expect(await sendPhotos(phone.ports)).toBe('all_sent');
  expect(town.photos).toEqual([name]);
});

test('that bytes which are not the picture are begun anew', async () => {
  const town = new Town();
  const phone = await makePhone(town, 73);
  const name = await takePicture(phone, 100);
  town.state.blobs[name] = { length: 100, bytes: [9, 9], seal: null, is_stored: false };
  expect(await sendPhotos(phone.ports)).toBe('all_sent');
  expect(town.photos).toEqual([name]);
});

test('that a picture the server does not want lets the next one by', async () => {
  const town = new Town();
  const phone = await makePhone(town, 74);
  const bad = await takePicture(phone, 10);
  const good = await takePicture(phone, 11);
  const { patchBlob } = phone.network;
  phone.network.patchBlob = async (chunk) =>
    chunk.sha256 === bad ? { status: 415, body: null, retry_after_s: null } : patchBlob(chunk);
  expect(await sendPhotos(phone.ports)).toBe('refused');
  expect(town.photos).toEqual([good]);
  expect(await phone.db.listWaitingPhotos()).toEqual([bad]);
});

test('that a sealed picture is whole when the server, having opened it, says so', async () => {
  const town = new Town();
  const phone = await makePhone(town, 73);
  await beginShift(phone, 'k1');
  const name = await takePicture(phone, 2 * CHUNK_BYTES);
  const { patchBlob } = phone.network;
  let num_pieces = 0;
  phone.network.patchBlob = async (chunk) => {
    num_pieces += 1;
    const answer = await patchBlob(chunk);
    if (answer.offset !== chunk.length) return answer;
    const opened = chunk.length - 16; // without the tag of the seal
    return { ...answer, offset: opened, length: opened };
  };
  expect(await sendPhotos(phone.ports)).toBe('all_sent');
  expect(num_pieces).toBe(3);
  expect((await phone.db.getPhoto(name))?.state).toBe('sent');
});
