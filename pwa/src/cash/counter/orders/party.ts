/** What is keyed in of a sender or payee, and what the server is told of them. */
import { isPaper, tidy } from '../reading';
import type { Party, PayIn } from '../wire';

export interface PartyDraft {
  name: string;
  id_number: string;
  phone: string;
  birth_on: string;
  address: string;
  nationality: string;
}

export const emptyParty = (nationality: string): PartyDraft => ({
  name: '',
  id_number: '',
  phone: '',
  birth_on: '',
  address: '',
  nationality,
});

export const isNamed = (draft: PartyDraft): boolean => draft.name.trim() !== '';
export const isParty = (draft: PartyDraft): boolean =>
  isNamed(draft) && isPaper(draft.id_number, draft.nationality);

export const toParty = (draft: PartyDraft): Party => ({
  name: draft.name.trim(),
  id_number: tidy(draft.id_number),
  phone: tidy(draft.phone),
  birth_on: draft.birth_on || null,
  address: draft.address.trim(),
  nationality: draft.nationality.trim(),
});

/** What the law wants of the payee of a large sum, where the sender did not say it. */
export type SaidDraft = Pick<PartyDraft, 'birth_on' | 'address' | 'nationality'>;
export const SAID_FIELDS: readonly (keyof SaidDraft)[] = ['birth_on', 'address', 'nationality'];
export const emptySaid = (): SaidDraft => ({ birth_on: '', address: '', nationality: '' });
export const toSaid = (draft: SaidDraft): PayIn['said'] => ({
  birth_on: draft.birth_on || null,
  address: draft.address.trim(),
  nationality: draft.nationality.trim(),
});
