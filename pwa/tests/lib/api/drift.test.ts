// @vitest-environment node
/** Tests that the TypeScript types are those of the committed OpenAPI. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

test('that the types are made anew with every change of the server', async () => {
  const nodes = await openapiTS(pathToFileURL(join(root, 'openapi.json')));
  const kept = readFileSync(join(root, 'src/lib/api/schema.d.ts'), 'utf8');
  expect(`${COMMENT_HEADER}${astToString(nodes)}` === kept, 'run `make api`').toBe(true);
});
