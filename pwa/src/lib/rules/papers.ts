/** Papers that say who somebody is, and what the end of a number proves
(`backend/kit/papers.py`). Pure. */
export type IdPaper = 'cccd' | 'vneid' | 'passport' | 'residence' | 'known';
export type NumberKind = 'personal' | 'passport';
/** `other_number`: the paper shows none of that kind; its name and picture are all there is. */
export type Verdict = 'same' | 'differs' | 'other_number' | 'not_seen';

const SHOWS: Readonly<Record<IdPaper, NumberKind | null>> = {
  cccd: 'personal',
  vneid: 'personal',
  passport: 'passport',
  residence: null,
  known: null,
};

/** Whether only digits can end the number of this paper. */
export const isOfDigits = (paper: IdPaper): boolean => SHOWS[paper] === 'personal';

export function isEnd(paper: IdPaper, end: string): boolean {
  if (paper === 'known') return end === '';
  return (isOfDigits(paper) ? /^\d{4}$/ : /^[0-9A-Z]{4}$/).test(end);
}

/** What the end of a paper's number says of a person; `isSame`: it is that of the number known. */
export function judgeEnd(paper: IdPaper, end: string, kind: NumberKind, isSame: boolean): Verdict {
  if (paper === 'known') return 'other_number';
  if (!isEnd(paper, end)) return 'not_seen';
  if (SHOWS[paper] === kind) return isSame ? 'same' : 'differs';
  return paper === 'residence' && kind === 'passport' && isSame ? 'same' : 'other_number';
}
