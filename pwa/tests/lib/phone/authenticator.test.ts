// @vitest-environment node
/** Tests that an authenticator is asked for what it can give, and remembered for what not. */
import { beforeEach, expect, test, vi } from 'vitest';
import { wipeWho } from '../../../src/lib/db/who';
import {
  askFor,
  forgetCredential,
  isFit,
  isWanted,
  makeSecret,
  Refused,
  setWanted,
  Unfit,
} from '../../../src/lib/phone/authenticator';
import { sha256 } from '../sync/phones';

/** Stands in for browser and phone: a secret for each credential, given out by HMAC's likeness. */
class FakePhone {
  has = true;
  prf: 'at once' | 'when asked' | 'never' = 'at once';
  /** What the next ceremony ends with instead. */
  fails: string | null = null;
  made: { user: string; id: Uint8Array }[] = [];
  asked: string[] = [];
  forgotten: string[] = [];

  private async outputs(id: Uint8Array, how: CredentialCreationOptions['publicKey']) {
    const salt = how?.extensions?.prf?.eval?.first as Uint8Array;
    return { first: (await sha256(new Uint8Array([...id, ...salt]))).buffer };
  }

  private check(kind: string, how: { userVerification?: string | undefined }): void {
    this.asked.push(kind);
    expect(how.userVerification).toBe('required');
    if (this.fails) throw new DOMException('no', this.fails);
  }

  readonly credentials = {
    create: async ({ publicKey }: CredentialCreationOptions) => {
      this.check('create', publicKey?.authenticatorSelection ?? {});
      expect(publicKey?.authenticatorSelection?.authenticatorAttachment).toBe('platform');
      const id = crypto.getRandomValues(new Uint8Array(16));
      this.made.push({ user: String(publicKey?.user.id), id });
      const results = this.prf === 'at once' ? await this.outputs(id, publicKey) : undefined;
      return answer(id, this.prf === 'never' ? {} : { prf: { enabled: true, results } });
    },
    get: async ({ publicKey }: CredentialRequestOptions) => {
      this.check('get', publicKey ?? {});
      const id = publicKey?.allowCredentials?.[0]?.id as Uint8Array;
      const results = await this.outputs(id, publicKey as never);
      return answer(id, this.prf === 'never' ? {} : { prf: { results } });
    },
  };
}

const answer = (id: Uint8Array, results: object) => ({
  rawId: id.slice().buffer,
  getClientExtensionResults: () => results,
});

let phone: FakePhone;
beforeEach(async () => {
  await wipeWho();
  phone = new FakePhone();
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('document', { title: 'Tận Nơi' });
  vi.stubGlobal('location', { hostname: 'buuta.example' });
  vi.stubGlobal('navigator', { userAgent: 'one/1', credentials: phone.credentials });
  vi.stubGlobal('PublicKeyCredential', {
    isUserVerifyingPlatformAuthenticatorAvailable: async () => phone.has,
    signalUnknownCredential: async ({ credentialId }: { credentialId: string }) =>
      void phone.forgotten.push(credentialId),
  });
});

test.each(['at once', 'when asked'] as const)(
  'that a secret that is given %s is the one that is given later',
  async (prf) => {
    phone.prf = prf;
    const { credential_id, salt, output } = await makeSecret('ca');
    expect(phone.asked).toEqual(prf === 'at once' ? ['create'] : ['create', 'get']);
    expect(output).toHaveLength(32);
    expect(await askFor(credential_id, salt)).toEqual(output);
  },
);

test('that the next shift asks the same credential for another secret', async () => {
  const one = await makeSecret('ca');
  const two = await makeSecret('ca');
  expect(phone.asked).toEqual(['create', 'get']);
  expect(two.credential_id).toEqual(one.credential_id);
  expect(two.output).not.toEqual(one.output);
});

test('that a credential that does not answer is made anew in its own place', async () => {
  await makeSecret('ca');
  phone.fails = 'NotAllowedError';
  await expect(makeSecret('ca')).rejects.toThrow(Refused);
  phone.fails = null;
  await makeSecret('ca');
  const users = phone.made.map(({ user }) => user);
  expect(users).toHaveLength(2);
  expect(new Set(users).size).toBe(1);
  expect(await isFit()).toBe(true); // a no is no inability
});

test('that a phone without PRF is told apart, let go of, and not offered again', async () => {
  phone.prf = 'never';
  expect(await isFit()).toBe(true); // nobody can know before
  await expect(makeSecret('ca')).rejects.toThrow(Unfit);
  expect(phone.forgotten).toHaveLength(1);
  expect(await isFit()).toBe(false);
  vi.stubGlobal('navigator', { userAgent: 'one/2', credentials: phone.credentials });
  expect(await isFit()).toBe(true); // a newer browser may
});

test('that an address that no credential can belong to is a phone that cannot', async () => {
  phone.fails = 'SecurityError';
  await expect(makeSecret('ca')).rejects.toThrow(Unfit);
});

test.each([
  ['no authenticator', () => (phone.has = false)],
  ['an address of digits', () => vi.stubGlobal('location', { hostname: '10.0.0.7' })],
  ['an address of six groups', () => vi.stubGlobal('location', { hostname: '[::1]' })],
  ['a page that is not secure', () => vi.stubGlobal('isSecureContext', false)],
  ['a browser without WebAuthn', () => vi.stubGlobal('PublicKeyCredential', undefined)],
  [
    'a browser that says it knows no PRF',
    () =>
      vi.stubGlobal('PublicKeyCredential', {
        ...PublicKeyCredential,
        getClientCapabilities: async () => ({ 'extension:prf': false }),
      }),
  ],
])('that %s is not offered anything', async (_, make) => {
  expect(await isFit()).toBe(true);
  make();
  expect(await isFit()).toBe(false);
});

test('that who does not want it is not asked, until they do', async () => {
  expect(await isWanted()).toBe(true);
  const { credential_id } = await makeSecret('ca');
  await forgetCredential();
  expect(await isWanted()).toBe(false);
  expect(phone.forgotten).toHaveLength(1);
  await setWanted(true);
  expect(await isWanted()).toBe(true);
  expect((await makeSecret('ca')).credential_id).not.toEqual(credential_id);
});
