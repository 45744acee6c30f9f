/** Once, however often it is asked for: a second finger, a swipe beside a tap. */

/** `work` as a screen may call it: nothing while it is under way, and nothing after it said that
it is done (true). False, or an error, lets it be tried again. */
export function once<A extends unknown[]>(
  work: (...asked: A) => Promise<boolean>,
): (...asked: A) => Promise<void> {
  let isTaken = false;
  return async (...asked) => {
    if (isTaken) return;
    isTaken = true;
    try {
      isTaken = await work(...asked);
    } catch (error) {
      isTaken = false;
      throw error;
    }
  };
}
