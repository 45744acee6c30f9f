/** One question at a time for a one-time code, whoever among the app's calls needs it. */
import { onFactorAsked, type FactorRefusal } from '../desk/ask';

interface Asked {
  code: FactorRefusal;
  answer: Promise<boolean>;
  settle: (isGiven: boolean) => void;
}

let asked = $state.raw<Asked | null>(null);

export const confirmation = {
  /** What the server refused, while the sheet is open. */
  get code(): FactorRefusal | null {
    return asked?.code ?? null;
  },
};

/** Close the sheet: the code was given, or the person let it be. */
export function settle(isGiven: boolean): void {
  asked?.settle(isGiven);
  asked = null;
}

/** Ask by the sheet from now on; calls that are refused meanwhile wait for the same answer. */
export function watchConfirmations(): void {
  onFactorAsked((code) => {
    if (asked !== null) return asked.answer;
    let settleWith: (isGiven: boolean) => void = () => undefined;
    const answer = new Promise<boolean>((done) => {
      settleWith = done;
    });
    asked = { code, answer, settle: settleWith };
    return answer;
  });
}
