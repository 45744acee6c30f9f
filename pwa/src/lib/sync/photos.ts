/** Pictures go up after the facts that name them, in pieces, from where the server is (tus). */
import { base64Of } from './base64';
import type { Answer, Chunk, Ports } from './types';

/** Small enough to get through a bad network, large enough not to ask too often. */
export const CHUNK_BYTES = 128 * 1024;
/** Wrong offsets and wrong hashes in a row before a picture waits for its next turn. */
const TURNS_MAX = 4;

export type PhotoOutcome =
  | 'all_sent'
  | 'sign_in'
  | 'retry'
  /** The server does not want one of them; the others were sent. */
  | 'refused';

type OneOutcome = 'sent' | 'stored' | Exclude<PhotoOutcome, 'all_sent'>;

/** Send waiting pictures one by one; stops at the first that cannot go now. */
export async function sendPhotos(ports: Ports): Promise<PhotoOutcome> {
  let outcome: PhotoOutcome = 'all_sent';
  for (const sha256 of await ports.store.listWaitingPhotos()) {
    const one = await sendOne(ports, sha256);
    if (one === 'refused') outcome = 'refused';
    else if (one === 'retry' || one === 'sign_in') return one;
    else await ports.store.markPhoto(sha256, one);
  }
  return outcome;
}

async function sendOne(ports: Ports, sha256: string): Promise<OneOutcome> {
  const known = await ask(ports, () => ports.network.headBlob(sha256));
  if (known === null) return 'retry';
  if (known.status === 401) return 'sign_in';
  // Out of service: none of our facts that it knows names this one.
  if (known.status === 403) return 'refused';
  let offset = known.status === 200 ? (known.offset ?? 0) : 0;
  if (known.status !== 200 && known.status !== 404) return 'retry';
  // The server says so itself: as good as its row in the feed, which may have gone by unseen.
  if (known.status === 200 && isWhole(known)) return 'stored';
  const photo = await ports.store.getPhoto(sha256);
  // Let go of meanwhile: there is nothing to ask about.
  if (photo === null) return 'stored';
  const length = photo.bytes.length;
  const seal = photo.seal ? `${photo.seal.eph};${base64Of(photo.seal.iv)}` : null;
  for (let turns = 0; turns < TURNS_MAX;) {
    // Kept under another seal before: those bytes are not the beginning of these.
    if (offset >= length) offset = 0;
    const bytes = photo.bytes.subarray(offset, offset + CHUNK_BYTES);
    const chunk: Chunk = { sha256, offset, length, bytes, seal };
    const answer = await ask(ports, () => ports.network.patchBlob(chunk));
    if (answer === null) return 'retry';
    if (answer.status === 401) return 'sign_in';
    if ([403, 413, 415].includes(answer.status)) return 'refused';
    if (answer.status === 204) {
      // Opened, a sealed picture is shorter: the server's own length tells that it is whole.
      if (isWhole(answer)) return 'sent';
      const before = offset;
      offset = answer.offset ?? offset + bytes.length;
      if (offset >= length) return 'sent';
      if (offset <= before) turns += 1;
    } else if (answer.status === 409 && typeof answer.offset === 'number') {
      turns += 1;
      offset = answer.offset;
    } else if (answer.status === 422) {
      turns += 1;
      offset = 0;
    } else return 'retry';
  }
  return 'refused';
}

function isWhole(answer: Answer): boolean {
  const { offset, length } = answer;
  return typeof offset === 'number' && typeof length === 'number' && offset >= length;
}

async function ask(ports: Ports, request: () => Promise<Answer>): Promise<Answer | null> {
  try {
    const answer = await request();
    if (answer.is_portal === true) return null;
    if (answer.status !== 401 || !(await ports.network.resume())) return answer;
    return await request();
  } catch {
    return null;
  }
}
