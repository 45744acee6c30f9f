import type { Translation } from '../catalog.svelte';
import type { vi } from './vi';

export const en: Translation<typeof vi> = {
  title: 'Dispatch',
};
