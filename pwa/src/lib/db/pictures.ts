/** Pictures that lie on the disk as they were taken; each unlock looks for them. */
import type { Disk } from '../sync/disk';
import type { Seals } from '../sync/seals';

/** Seal pictures that came before the key. */
export async function sealAllPhotos(disk: Disk, seals: Seals, eph: string): Promise<void> {
  for (const state of ['draft', 'waiting', 'sent', 'stored'] as const) {
    const names = await disk.read(['blobs'], ({ blobs }) => blobs.listKeys(state));
    for (const name of names) {
      const photo = await disk.read(['blobs'], ({ blobs }) => blobs.get(name));
      if (!photo || photo.seal) continue;
      const sealed = await seals.sealPhoto(photo, eph);
      await disk.write(['blobs'], async ({ blobs }) => {
        const now = await blobs.get(name);
        if (now && !now.seal) await blobs.put({ ...now, bytes: sealed.bytes, seal: sealed.seal });
      });
    }
  }
}
