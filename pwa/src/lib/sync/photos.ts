/** Pictures go up after the facts that name them, whole, and as often as it takes. */
import type { Answer, Photo, Ports } from './types';

export type PhotoOutcome = 'all_sent' | 'sign_in' | 'retry';

/** Send waiting pictures one by one; stops at the first that cannot go now. */
export async function sendPhotos(ports: Ports): Promise<PhotoOutcome> {
  for (;;) {
    const photo = await ports.store.findWaitingPhoto();
    if (photo === null) return 'all_sent';
    const answer = await put(ports, photo);
    if (answer === null) return 'retry';
    if (answer.status === 401) return 'sign_in';
    if (answer.status !== 200 && answer.status !== 201) return 'retry';
    await ports.store.markPhotoStored(photo.sha256);
  }
}

async function put(ports: Ports, photo: Photo): Promise<Answer | null> {
  try {
    const answer = await ports.network.putPhoto(photo);
    if (answer.status !== 401 || !(await ports.network.resume())) return answer;
    return await ports.network.putPhoto(photo);
  } catch {
    return null;
  }
}
