/** Something read from the server: kept on the screen while it is read again, with its refusal. */
import type { Answer, Problem } from './ask';

const SLOW_MS = 2_500;

export interface Resource<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Loading longer than a person expects: the screen says so. */
  readonly isSlow: boolean;
  readonly loadedAt: number | null;
  load(): Promise<void>;
  /** Drop what is shown: it belongs to another day or office. */
  clear(): void;
  set(data: T): void;
}

/** Return a resource that reads with `read`; the answer of an overtaken reading is not shown. */
export function makeResource<T>(read: () => Promise<Answer<T>>): Resource<T> {
  let data = $state.raw<T | null>(null);
  let problem = $state.raw<Problem | null>(null);
  let isLoading = $state(false);
  let isSlow = $state(false);
  let loadedAt = $state<number | null>(null);
  let run = 0;
  return {
    get data() {
      return data;
    },
    get problem() {
      return problem;
    },
    get isLoading() {
      return isLoading;
    },
    get isSlow() {
      return isSlow;
    },
    get loadedAt() {
      return loadedAt;
    },
    async load() {
      const mine = ++run;
      isLoading = true;
      const timer = setTimeout(() => {
        if (mine === run) isSlow = true;
      }, SLOW_MS);
      const answer = await read();
      clearTimeout(timer);
      if (mine !== run) return;
      isLoading = false;
      isSlow = false;
      if (answer.ok) {
        data = answer.data;
        problem = null;
        loadedAt = Date.now();
      } else {
        problem = answer.problem;
      }
    },
    clear() {
      run += 1;
      data = null;
      problem = null;
      isLoading = false;
      isSlow = false;
      loadedAt = null;
    },
    set(next) {
      run += 1;
      data = next;
      problem = null;
      isLoading = false;
      isSlow = false;
      loadedAt = Date.now();
    },
  };
}
