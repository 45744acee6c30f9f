/** Tests that the phone's own voice is chosen, and that none is needed. */
import { expect, test, vi } from 'vitest';
import { pickVoice, speak } from '../../../src/lib/speech/speak';

const voice = (lang: string, localService: boolean) => ({ lang, localService, name: lang });

test('that a Vietnamese voice on the phone comes before one that needs a network', () => {
  const voices = [voice('en-US', true), voice('vi-VN', false), voice('vi_VN', true)];
  expect(pickVoice(voices, 'vi')).toBe(voices[2]);
  expect(pickVoice(voices.slice(0, 2), 'vi')).toBe(voices[1]);
  expect(pickVoice(voices.slice(0, 1), 'vi')).toBeNull();
});

test('that without any voice nothing is said and nothing fails', async () => {
  expect(await speak('Điểm số 1', 'vi')).toBe(false);
  vi.stubGlobal('speechSynthesis', {
    getVoices: () => [voice('fr-FR', true)],
    addEventListener: () => undefined,
  });
  expect(await speak('Điểm số 1', 'vi')).toBe(false);
  vi.unstubAllGlobals();
});
