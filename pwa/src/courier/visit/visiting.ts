/** Which visit is under way: the day shows it without the rest of a visit. */

/** Under this key lies the id of the stop whose visit is under way. */
export const VISITING = 'visiting';
