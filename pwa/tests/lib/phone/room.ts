/** A phone whose room can be used up: from then on nothing is written, only let go. */
import { memoryDisk, type emptyRows } from '../../../src/lib/db/memory';
import type { Disk } from '../../../src/lib/sync/disk';

export interface Room {
  isFull: boolean;
}

const refuse = () => Promise.reject(new DOMException('no room', 'QuotaExceededError'));

export function diskWithin(room: Room, rows: ReturnType<typeof emptyRows>): Disk {
  const disk = memoryDisk(rows);
  const write: Disk['write'] = (names, work) =>
    disk.write(names, (tables) =>
      work(room.isFull ? { ...tables, meta: { ...tables.meta, put: refuse } } : tables),
    );
  return { ...disk, write };
}
