import type { Translation } from '../catalog.svelte';
import type { vi } from './vi';

export const en: Translation<typeof vi> = {
  title: 'Tận Nơi API',
  search: 'Find by path, name or description',
  found: ({ count }) => (count === 1 ? '1 operation' : `${count} operations`),
  loading: 'Loading the documentation…',
  failed: 'The API documentation cannot be loaded. Check the network and try again.',
  retry: 'Try again',
  parameters: 'Parameters',
  required: 'required',
  request: 'Request body',
  answers: 'Answers',
};
