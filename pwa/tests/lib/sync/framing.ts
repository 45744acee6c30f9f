/** What the town reads off the wire: ops as exact texts, and seals made with no secret in them. */

/** The texts of `ops`, cut out of the body as they stand, so that hashes are over exact text. */
export function readOps(body: string): string[] {
  const start = body.indexOf('"ops":[') + '"ops":['.length;
  const ops: string[] = [];
  let depth = 0;
  let from = start;
  let isText = false;
  for (let at = start; at < body.length; at += 1) {
    const char = body[at];
    if (isText) {
      if (char === '\\') at += 1;
      else if (char === '"') isText = false;
    } else if (char === '"') isText = true;
    else if (char === '{') {
      if (depth === 0) from = at;
      depth += 1;
    } else if (char === '}') {
      depth -= 1;
      if (depth === 0) ops.push(body.slice(from, at + 1));
    } else if (char === ']' && depth === 0) break;
  }
  return ops;
}

const TAG_BYTES = 4;

/** Says which key and which thing it was: enough to see a seal opened as another. */
function tagOf(eph: string, bound: string): Buffer {
  let sum = 2_166_136_261;
  for (const char of `${eph}|${bound}`) sum = Math.imul(sum ^ char.charCodeAt(0), 16_777_619);
  const tag = Buffer.alloc(TAG_BYTES);
  tag.writeInt32BE(sum);
  return tag;
}

export function sealBytes(eph: string, bound: string, bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...tagOf(eph, bound), ...bytes.map((byte) => byte ^ 0x5a)]);
}

export function openBytes(eph: string, bound: string, ct: Uint8Array): Uint8Array | null {
  if (!tagOf(eph, bound).equals(ct.subarray(0, TAG_BYTES))) return null;
  return ct.slice(TAG_BYTES).map((byte) => byte ^ 0x5a);
}

/** The op's own text; null when it is sealed and cannot be opened. */
export function openOp(text: string): string | null {
  if (!text.startsWith('{"seq":')) return text;
  const { id, eph, ct } = JSON.parse(text) as { id: string; eph: string; ct: string };
  const bytes = openBytes(eph, `op:${id}`, Buffer.from(ct, 'base64url'));
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
