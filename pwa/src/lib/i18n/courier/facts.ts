/** What was recorded and why the office looks at it: fetched with the screens that say so. */
import { makeTranslate } from '../catalog.svelte';
import { vi } from './facts.vi';

export const t = makeTranslate(vi, async () => (await import('./facts.en')).en);

/** The keys of the catalogue, to look codes up that travel. */
export const isKnown = (key: string): key is keyof typeof vi => key in vi;
