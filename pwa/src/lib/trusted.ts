/** The one place that turns an address of ours into a script a browser may load (trusted types). */

interface ScriptPolicy {
  createScriptURL(address: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptPolicy;
}

function checkOwnAddress(address: string): string {
  if (new URL(address, location.href).origin !== location.origin) {
    throw new TypeError(`not an address of this site: ${address}`);
  }
  return address;
}

const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
const policy: ScriptPolicy = factory
  ? factory.createPolicy('app', { createScriptURL: checkOwnAddress })
  : { createScriptURL: checkOwnAddress };

/** Return `address` in the form script sinks accept; refuses another site's. */
export function scriptAddress(address: string): string {
  return policy.createScriptURL(address) as string;
}
