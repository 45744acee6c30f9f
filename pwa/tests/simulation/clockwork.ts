/** Virtual time: events in order; between two of them everything that can run has run. */

interface Event {
  at: number;
  order: number;
  run: () => void;
}

/** Lets all promises settle that wait for nothing but each other. */
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

export class Clockwork {
  now: number;
  private order = 0;
  /** A heap: the earliest event first. */
  private readonly events: Event[] = [];
  private readonly cancelled = new Set<number>();

  constructor(start_ms: number) {
    this.now = start_ms;
  }

  after(delay_ms: number, run: () => void): number {
    const event = { at: this.now + Math.max(0, delay_ms), order: ++this.order, run };
    this.events.push(event);
    this.rise(this.events.length - 1);
    return event.order;
  }

  cancel(order: number): void {
    this.cancelled.add(order);
  }

  /** Let everything happen that is due within `span_ms`. */
  async run(span_ms: number): Promise<void> {
    const end = this.now + span_ms;
    await settle();
    for (;;) {
      const next = this.events[0];
      if (!next || next.at > end) break;
      this.pop();
      if (this.cancelled.delete(next.order)) continue;
      this.now = next.at;
      next.run();
      await settle();
    }
    this.now = end;
  }

  private isBefore(a: number, b: number): boolean {
    const [one, two] = [this.events[a] as Event, this.events[b] as Event];
    return one.at < two.at || (one.at === two.at && one.order < two.order);
  }

  private swap(a: number, b: number): void {
    const kept = this.events[a] as Event;
    this.events[a] = this.events[b] as Event;
    this.events[b] = kept;
  }

  private rise(at: number): void {
    for (let child = at; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  private pop(): void {
    const last = this.events.pop() as Event;
    if (this.events.length === 0) return;
    this.events[0] = last;
    for (let parent = 0; ;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < this.events.length && this.isBefore(child, least)) least = child;
      }
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }
}
