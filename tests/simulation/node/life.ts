/**
 * A phone that may be killed at any step: what it holds in memory is dropped, its store is kept.
 */

/** Nothing goes on after a kill: what waits for this waits for ever. */
const NEVER = new Promise<never>(() => {});

/** One run of the app, from opening to a kill. */
export class Life {
  readonly over: Promise<void>;
  isOver = false;
  private end: () => void = () => {};
  private num_left: number;
  private isDoneFirst: boolean;

  /** Dies at step `num_steps`; `isDoneFirst`: that step still does its work. */
  constructor(num_steps: number, isDoneFirst: boolean) {
    this.num_left = num_steps;
    this.isDoneFirst = isDoneFirst;
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  kill(): void {
    this.isOver = true;
    this.end();
  }

  /** Do one step of the app: its answer reaches only the living. */
  readonly step = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (this.isOver) return NEVER;
    this.num_left -= 1;
    const isLast = this.num_left === 0;
    if (isLast && !this.isDoneFirst) {
      this.kill();
      return NEVER;
    }
    try {
      const result = await work();
      if (isLast) this.kill();
      return this.isOver ? NEVER : result;
    } catch (error) {
      if (this.isOver) return NEVER;
      throw error;
    }
  };

  /** `port` with every method a step of this life, whatever methods it has. */
  bind<T extends object>(port: T): T {
    const life = this;
    return new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...words: unknown[]) =>
          life.step(async () => Reflect.apply(member, target, words) as unknown);
      },
    });
  }

  /** Timers that do not ring in a dead phone, `pace` times as fast as they say. */
  timer(pace: number): {
    set(work: () => void, delay_ms: number): number;
    clear(id: number): void;
  } {
    const waiting = new Map<number, NodeJS.Timeout>();
    let last = 0;
    return {
      set: (work, delay_ms) => {
        const id = (last += 1);
        const ring = (): void => {
          waiting.delete(id);
          if (!this.isOver) work();
        };
        waiting.set(id, setTimeout(ring, delay_ms / pace));
        return id;
      },
      clear: (id) => {
        clearTimeout(waiting.get(id));
        waiting.delete(id);
      },
    };
  }
}
