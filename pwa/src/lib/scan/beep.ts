/** A sound for the ear that does not look: one high beep, two equal ones, or one low. */
import type { ScanOutcome } from './codes';

type Tone = readonly [hz: number, from_s: number, duration_s: number];
const TONES: Readonly<Record<ScanOutcome['kind'], readonly Tone[]>> = {
  ok: [[1320, 0, 0.09]],
  duplicate: [
    [880, 0, 0.07],
    [880, 0.12, 0.07],
  ],
  not_yours: [[220, 0, 0.35]],
  foreign: [[220, 0, 0.35]],
};
const BUZZ: Readonly<Record<ScanOutcome['kind'], number[]>> = {
  ok: [40],
  duplicate: [40, 60, 40],
  not_yours: [250],
  foreign: [250],
};
/** Two rising notes: something new from the office. */
const NEWS: readonly Tone[] = [
  [660, 0, 0.14],
  [990, 0.18, 0.24],
];
const NEWS_BUZZ = [120, 80, 120];
const VOLUME = 0.25;

let audio: AudioContext | null = null;

/** Browsers let sound begin only from a touch: call this in one. */
export function wakeSound(): void {
  if (typeof AudioContext === 'undefined') return;
  audio ??= new AudioContext();
  void audio.resume();
}

export function beep(kind: ScanOutcome['kind']): void {
  navigator.vibrate?.(BUZZ[kind]);
  play(TONES[kind]);
}

/** The office changed something: felt, and heard where a touch has woken the sound before. */
export function ring(): void {
  navigator.vibrate?.(NEWS_BUZZ);
  if (audio === null && navigator.userActivation?.hasBeenActive) wakeSound();
  play(NEWS);
}

function play(tones: readonly Tone[]): void {
  if (audio === null) return;
  for (const [hz, from_s, duration_s] of tones) {
    const voice = audio.createOscillator();
    const gain = audio.createGain();
    const begin_s = audio.currentTime + from_s;
    voice.frequency.value = hz;
    gain.gain.setValueAtTime(VOLUME, begin_s);
    gain.gain.exponentialRampToValueAtTime(0.001, begin_s + duration_s);
    voice.connect(gain).connect(audio.destination);
    voice.start(begin_s);
    voice.stop(begin_s + duration_s);
  }
}
