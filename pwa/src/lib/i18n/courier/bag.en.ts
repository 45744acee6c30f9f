import type { Translation } from '../catalog.svelte';
import type { vi } from './bag.vi';

export const en: Translation<typeof vi> = {
  scan: 'Scan',
  scan_stop: 'Stop scanning',
  scan_hint: 'Hold the barcode or QR code of the item inside the frame.',
  opening: 'Opening the scanner…',
  manual: 'Item or seal number',
  mode: 'How to scan',
  mode_bulk: 'One after another',
  mode_single: 'Single',
  scan_ok: 'Here: {code}',
  scan_duplicate: 'Scanned before: {code}',
  scan_not_yours: 'Not of this round: {code}. Leave it at the office.',
  scan_other_round: 'Of the round on {day}: {code}. Not for this bag.',
  scan_foreign: 'This is not an item’s code. Scan the one on the post’s label.',
  surplus: 'Not of this round',
  surplus_text: 'Leave them at the office. This list is told with the loading.',
  surplus_drop: 'Take {code} off the list',
  still_missing: 'Still missing',
  here: 'In the bag',
};
