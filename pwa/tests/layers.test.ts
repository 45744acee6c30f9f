// @vitest-environment node
/** Tests that imports go downwards: apps never meet, lib knows no app, workers know lib only. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '../src');
const MAY: Record<string, string[]> = {
  courier: ['courier', 'lib'],
  dispatch: ['dispatch', 'lib'],
  cash: ['cash', 'lib'],
  partner: ['partner', 'lib'],
  citizen: ['citizen', 'lib'],
  docs: ['docs', 'lib'],
  workers: ['workers', 'lib'],
  lib: ['lib'],
};

test('that every import stays on its floor or goes down', () => {
  const wrong: string[] = [];
  for (const file of globSync('**/*.{ts,svelte}', { cwd: src })) {
    const text = readFileSync(join(src, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const floor = relative(src, join(src, dirname(file), target)).split('/')[0] ?? '';
      const own = file.split('/')[0] ?? '';
      if (!MAY[own]?.includes(floor)) wrong.push(`${file} → ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
