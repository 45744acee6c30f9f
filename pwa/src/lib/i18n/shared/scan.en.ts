import type { Translation } from '../catalog.svelte';
import type { vi } from './scan.vi';

export const en: Translation<typeof vi> = {
  camera_starting: 'Opening the camera…',
  camera_refused:
    'The camera is not allowed. Allow it in the browser’s settings, or type the code.',
  camera_none: 'The camera cannot be opened. Please type the code.',
  camera_no_reader:
    'The code reader is not on this phone yet. Please type; with a network it comes by itself.',
  torch_on: 'Light on',
  torch_off: 'Light off',
  enter: 'Enter',
};
