/**
 * The phone's own check of a finger or a face, asked for a secret (WebAuthn with PRF).
 * Local only: no server hears of the credential, and nothing is proven by it.
 */
import { withDb } from '../db/who';
import { base64Of } from '../sync/base64';
import { OUTPUT_BYTES, SALT_BYTES, type Secret } from './second_wrap';
import { chance, type Bytes } from './vault';

const KEY = 'authenticator';
const WAIT_MS = 60_000;
const CHALLENGE_BYTES = 32;
const USER_BYTES = 16;
const ES256 = -7;
const RS256 = -257;

/** What this device remembers over all shifts. */
interface Known {
  /** null before one was made, and after it was let go. */
  credential_id: Bytes | null;
  /** The same at every making: a new credential takes the place of the old one. */
  user_id: Bytes;
  /** Its owner wants the PIN alone. */
  is_declined: boolean;
  /** The browser that turned out to have no PRF; a newer one is asked again. */
  unfit: string | null;
}

/** There is no secret to be had from this phone. */
export class Unfit extends Error {
  override name = 'Unfit';
}

/** Whoever holds the phone did not show a finger or face that it knows, or chose not to. */
export class Refused extends Error {
  override name = 'Refused';
}

async function findKnown(): Promise<Known> {
  const known = await withDb(async (db) => (await db.get('keys', KEY)) as Known | undefined);
  return (
    known ?? { credential_id: null, user_id: chance(USER_BYTES), is_declined: false, unfit: null }
  );
}

function saveKnown(known: Known): Promise<void> {
  return withDb(async (db) => void (await db.put('keys', known, KEY)));
}

/** True where the browser, the address and the phone may be able to. */
export async function isFit(): Promise<boolean> {
  if (!globalThis.isSecureContext || typeof PublicKeyCredential === 'undefined') return false;
  // An address of digits has no name that a credential could belong to.
  if (/^[\d.]+$|:/.test(location.hostname)) return false;
  if ((await findKnown()).unfit === navigator.userAgent) return false;
  const can = await PublicKeyCredential.getClientCapabilities?.().catch(() => null);
  if (can?.['extension:prf'] === false) return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/** True unless the owner said that the PIN alone is enough. */
export async function isWanted(): Promise<boolean> {
  return !(await findKnown()).is_declined;
}

export async function setWanted(is_wanted: boolean): Promise<void> {
  await saveKnown({ ...(await findKnown()), is_declined: !is_wanted });
}

/** A secret for one shift, of a credential that is made where there is none. `title` is what the
phone's list of such credentials says of it. Rejects with `Refused` and `Unfit`. */
export async function makeSecret(title: string): Promise<Secret> {
  const known = await findKnown();
  const salt = chance(SALT_BYTES);
  try {
    const { credential_id, output } = known.credential_id
      ? { credential_id: known.credential_id, output: null }
      : await make(known.user_id, salt, title);
    await saveKnown({ ...known, credential_id, is_declined: false });
    // Some give the secret at once, some only when asked for it later.
    return { credential_id, salt, output: output ?? (await askFor(credential_id, salt)) };
  } catch (error) {
    // The owner may have deleted it in the phone's settings: the next try makes another.
    const unfit = error instanceof Unfit ? navigator.userAgent : known.unfit;
    await saveKnown({ ...known, credential_id: null, unfit });
    throw error;
  }
}

/** What the authenticator gives out for `salt`. Rejects with `Refused` and `Unfit`. */
export async function askFor(credential_id: Uint8Array, salt: Uint8Array): Promise<Bytes> {
  const got = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: chance(CHALLENGE_BYTES),
        allowCredentials: [
          { type: 'public-key', id: credential_id as Bytes, transports: ['internal'] },
        ],
        userVerification: 'required',
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt as Bytes } } },
      },
    }),
  );
  const output = outputOf(got);
  if (output === null) throw new Unfit();
  return output;
}

/** Let the credential go; a phone that can is told to drop it from its list. */
export async function forgetCredential(): Promise<void> {
  const known = await findKnown();
  await saveKnown({ ...known, credential_id: null, is_declined: true });
  if (known.credential_id !== null) await disown(known.credential_id);
}

async function make(
  user_id: Bytes,
  salt: Bytes,
  title: string,
): Promise<{ credential_id: Bytes; output: Bytes | null }> {
  const made = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: document.title },
        user: { id: user_id, name: title, displayName: title },
        challenge: chance(CHALLENGE_BYTES),
        pubKeyCredParams: [
          { type: 'public-key', alg: ES256 },
          { type: 'public-key', alg: RS256 },
        ],
        // Phones give out secrets for credentials of their list only, so it must be in there.
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          residentKey: 'required',
          userVerification: 'required',
        },
        attestation: 'none',
        timeout: WAIT_MS,
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const credential_id = new Uint8Array(made.rawId);
  const output = outputOf(made);
  if (output === null && made.getClientExtensionResults().prf?.enabled !== true) {
    await disown(credential_id);
    throw new Unfit();
  }
  return { credential_id, output };
}

/** A person's no is `Refused`; what is no person's doing is `Unfit`. */
async function ask(what: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const answer = await what();
    if (answer !== null) return answer as PublicKeyCredential;
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name !== 'NotAllowedError' && name !== 'AbortError') throw new Unfit();
  }
  throw new Refused();
}

function outputOf(credential: PublicKeyCredential): Bytes | null {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return null;
  const bytes = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first);
  return bytes.length === OUTPUT_BYTES ? (bytes.slice() as Bytes) : null;
}

async function disown(credential_id: Uint8Array): Promise<void> {
  const known = { rpId: location.hostname, credentialId: base64Of(credential_id) };
  await PublicKeyCredential.signalUnknownCredential?.(known).catch(() => undefined);
}
