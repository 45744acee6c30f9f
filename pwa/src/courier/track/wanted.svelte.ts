/** Whether the courier wants positions logged during shifts. */
const STORED = 'tannoi.track';
let isTrack = $state(localStorage.getItem(STORED) === 'on');

export const wanted = {
  get isTrack() {
    return isTrack;
  },
};

export function keepWanted(next: boolean): void {
  isTrack = next;
  localStorage.setItem(STORED, next ? 'on' : 'off');
}
