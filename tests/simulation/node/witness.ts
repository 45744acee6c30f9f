/**
 * What the harness itself notes down, beside the phone: facts seen as saved, rows taken, acks.
 */
import { writeSync } from 'node:fs';
import type { PhoneDb } from '../../../pwa/src/lib/db/phone';

/** Rows of the feed as taken: number, kind, ref, rev. */
export type Row = [number, string, string, number];

export class Witness {
  /** Ids of facts the courier saw as saved; also written to the file at once. */
  readonly shown = new Set<string>();
  received: Row[] = [];
  faults: string[] = [];
  acked = 0;
  num_lowered = 0;
  num_forks = 0;
  num_resets = 0;
  num_sent_again = 0;

  private readonly file: number;
  private readonly isRestoring: boolean;

  /** Lines go to `file`. While servers are restored, acks may fall and streams may fork. */
  constructor(file: number, isRestoring: boolean) {
    this.file = file;
    this.isRestoring = isRestoring;
  }

  /** The screen says "Đã lưu trên máy". The line is in the kernel's hands when this returns. */
  sawSaved(op_id: string): void {
    this.shown.add(op_id);
    writeSync(this.file, `op ${op_id}\n`);
  }

  /** A recorded fact names this picture. */
  sawPicture(office_id: string, sha256: string): void {
    writeSync(this.file, `photo ${office_id} ${sha256}\n`);
  }

  /** `store`, with what it took noted once it is taken. */
  watch(store: PhoneDb): PhoneDb {
    return {
      ...store,
      applyChange: async (change, expected) => {
        const isApplied = await store.applyChange(change, expected);
        if (isApplied) {
          this.sawAck(change.ack);
          for (const row of change.feed) this.received.push([row.n, row.kind, row.ref, row.rev]);
        }
        return isApplied;
      },
      replaceView: async (snapshot, expected) => {
        const isReplaced = await store.replaceView(snapshot, expected);
        if (isReplaced) {
          this.received = [];
          this.num_resets += 1;
        }
        return isReplaced;
      },
      startStream: async (meta, ops, left, expected) => {
        const isStarted = await store.startStream(meta, ops, left, expected);
        if (isStarted) {
          this.num_forks += 1;
          this.acked = 0;
          if (!this.isRestoring) this.faults.push(`${expected.stream}: a fork`);
        }
        return isStarted;
      },
    };
  }

  private sawAck(ack: number): void {
    if (ack < this.acked) {
      this.num_lowered += 1;
      this.num_sent_again += this.acked - ack;
      if (!this.isRestoring) this.faults.push(`ack fell from ${this.acked} to ${ack}`);
    }
    this.acked = ack;
  }
}
