/** Reading aloud by the browser's own voices; where there is none, nothing depends on it. */

type Voice = Pick<SpeechSynthesisVoice, 'lang' | 'localService' | 'name'>;

/** The voice of `language`, one on the phone itself before one that needs a network. */
export function pickVoice<V extends Voice>(voices: readonly V[], language: string): V | null {
  const own = voices.filter(({ lang }) =>
    lang.toLowerCase().replace('_', '-').startsWith(language),
  );
  return own.find((voice) => voice.localService) ?? own[0] ?? null;
}

/** Some browsers know their voices only a moment after the page began. */
const VOICES_WAIT_MS = 600;

async function listVoices(): Promise<SpeechSynthesisVoice[]> {
  const now = speechSynthesis.getVoices();
  if (now.length > 0) return now;
  await new Promise<void>((resolve) => {
    speechSynthesis.addEventListener('voiceschanged', () => resolve(), { once: true });
    setTimeout(resolve, VOICES_WAIT_MS);
  });
  return speechSynthesis.getVoices();
}

/** Say `text`; false where no voice of `language` is on this device. */
export async function speak(text: string, language: string): Promise<boolean> {
  if (!('speechSynthesis' in globalThis)) return false;
  const voice = pickVoice(await listVoices(), language);
  if (voice === null) return false;
  speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(text);
  said.voice = voice;
  said.lang = voice.lang;
  said.rate = 0.95;
  speechSynthesis.speak(said);
  return true;
}
