/** Tests that the API documentation finds every operation and says shapes in one line. */
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import App from '../../src/docs/App.svelte';
import { limitsOf, listGroups, listNames, typeOf, type Document } from '../../src/docs/openapi';
import real from '../../openapi.json';

const served = real as unknown as Document;

test('that every operation of the server is listed once', () => {
  const listed = listGroups(served, '').flatMap((group) => group.operations);
  const methods = Object.values(served.paths).flatMap((item) => Object.keys(item));
  expect(listed.length).toBe(methods.length);
});

test('that a search keeps what holds all its words', () => {
  const found = listGroups(served, 'citizen PUSH stop').flatMap((group) => group.operations);
  expect(found.map((operation) => operation.operationId)).toEqual(['visits_unsubscribe']);
  expect(listGroups(served, 'nothing-like-it')).toEqual([]);
});

test.each([
  [{ $ref: '#/components/schemas/Visit' }, 'Visit'],
  [{ type: 'string', format: 'uuid' }, 'string (uuid)'],
  [{ enum: ['vi', 'en'] }, '"vi" | "en"'],
  [{ oneOf: [{ type: 'integer' }, { type: 'null' }] }, 'integer | null'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { $ref: '#/components/schemas/Stop' } }, 'Stop[]'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, '{ [key]: integer }'],
])('that a shape is said in one line: %o', (shape, words) => {
  expect(typeOf(shape)).toBe(words);
});

test('that limits are said, and shapes that hold themselves end', () => {
  expect(limitsOf({ type: 'string', maxLength: 300 })).toBe('maxLength 300');
  const tree = { properties: { below: { $ref: '#/components/schemas/Tree' } } };
  const document = { ...served, components: { schemas: { Tree: tree } } };
  expect(listNames(document, { $ref: '#/components/schemas/Tree' })).toEqual(['Tree']);
});

test('that the page shows the operations, opens one, and says when it cannot load', async () => {
  const answer = vi.spyOn(globalThis, 'fetch');
  answer.mockResolvedValueOnce(new Response('', { status: 503 }));
  render(App);
  expect(await screen.findByRole('alert')).toBeTruthy();
  answer.mockResolvedValueOnce(Response.json(served));
  await fireEvent.click(screen.getByText('Thử lại'));
  const path = await screen.findByText('/api/citizen/v1/visits/{token}/push/stop');
  const details = path.closest('details');
  if (details === null) throw new Error('an operation can be opened');
  details.open = true;
  details.dispatchEvent(new Event('toggle'));
  expect(await screen.findByText('endpoint')).toBeTruthy();
});
