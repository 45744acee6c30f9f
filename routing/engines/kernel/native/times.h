/* Times along a route: what can be reached when, at which cost, and by when at latest.
 *
 * The earliest label keeps every feasible route feasible; the judge later finds the best place of
 * rests among all. */
#ifndef TANNOI_TIMES_H
#define TANNOI_TIMES_H

#include "model.h"

/* Return the arrival of a way of `hundredths`, as `roads.Roads.travel`; `left` is what remains
 * where one halts at `halt`. */
static i32 travel_banded(const Engine *e, i32 leave, i64 hundredths, i32 halt, i64 *left) {
    i64 at = leave, rest = hundredths;
    while (rest > 0) {
        i64 speed = 100, until = NEVER;
        for (i64 b = 0; b < e->told.num_bands; b++) {
            if (e->told.band[2 * b] > at) {
                until = e->told.band[2 * b];
                break;
            }
            speed = e->told.band[2 * b + 1];
        }
        until = MIN(until, halt);
        if (until >= NEVER || at * speed + rest <= until * speed) {
            *left = 0;
            return (i32)(at + (rest + speed - 1) / speed);
        }
        rest -= (until - at) * speed;
        at = until;
        if (at == halt) break;
    }
    *left = rest;
    return (i32)at;
}

static inline i32 way_between(const Engine *e, const i32 *way, i32 from, i32 to) {
    return way[(size_t)from * e->nodes + to];
}

/* Return when one is ready at `node`. */
static inline i32 leg(const Engine *e, const Vehicle *v, i32 before, i32 node, i32 leave) {
    i32 way = way_between(e, v->way, before, node);
    if (e->told.num_bands == 0) return leave + way;
    i32 setup = way_between(e, e->told.setup, before, node);
    i64 left;
    return travel_banded(e, leave, (i64)(way - setup) * 100, NEVER, &left) + setup;
}

/* Return when one is ready at `node` with a rest on the way. */
static inline i32 leg_rested(
    const Engine *e, const Vehicle *v, i32 before, i32 node, i32 leave, const Rest *rest) {
    i32 ready = leg(e, v, before, node, leave);
    if (ready <= rest->early) return rest->early + rest->duration;
    if (e->told.num_bands == 0) return ready + rest->duration;
    i32 setup = way_between(e, e->told.setup, before, node), begin = MAX(leave, rest->early);
    i64 way = (i64)(way_between(e, v->way, before, node) - setup) * 100, left, none;
    i32 there = travel_banded(e, leave, way, begin, &left);
    if (left == 0 && there <= begin) return ready + rest->duration;
    return travel_banded(e, begin + rest->duration, left, NEVER, &none) + setup;
}

/* Return when service begins; NEVER after the last window. */
static inline i32 serve_start(const Engine *e, i32 node, i32 ready) {
    const Node *at = &e->node[node];
    if (ready > at->late) return NEVER;
    if (at->num_windows <= 1) return MAX(ready, at->early);
    const i64 *window = e->told.window + (size_t)node * e->told.num_windows * 2;
    for (i32 w = 0; w < at->num_windows; w++)
        if (ready <= window[2 * w + 1]) return MAX(ready, (i32)window[2 * w]);
    return NEVER;
}

/* Return the penalty of beginning service then. */
static inline i64 start_cost(const Engine *e, i32 node, i32 start) {
    const Node *at = &e->node[node];
    i64 cost = 0;
    if (start > at->soft_late) cost += e->told.lateness * (start - at->soft_late);
    if (start > at->drift_late) cost += e->told.drift * (start - at->drift_late);
    if (start < at->drift_early) cost += e->told.drift * (at->drift_early - start);
    return cost;
}

/* Return the penalty of ending the day then. */
static inline i64 end_cost(const Engine *e, const Vehicle *v, i32 end) {
    i64 cost = 0, excess = end - v->shift_early - e->told.fair_work;
    if (end > v->shift_late) cost += e->told.overtime * (end - v->shift_late);
    if (excess > 0) cost += e->told.excess_work * excess;
    return cost;
}

static inline void clear_labels(const Engine *e, Labels *to) {
    for (i32 s = 0; s < e->states; s++) to->label[s][0].at = to->label[s][1].at = NEVER;
}

/* Add a label: the cheapest stays first, an earlier one second. */
static inline void push(Labels *to, i32 state, i32 at, i64 penalty) {
    Label *first = &to->label[state][0], *second = &to->label[state][1];
    if (first->at == NEVER) {
        first->at = at, first->penalty = penalty;
        return;
    }
    if (penalty < first->penalty || (penalty == first->penalty && at < first->at)) {
        Label was = *first;
        first->at = at, first->penalty = penalty;
        at = was.at, penalty = was.penalty;
    }
    if (at < first->at && at < second->at) second->at = at, second->penalty = penalty;
    if (second->at >= first->at) second->at = NEVER;
}

/* Return when one is ready after `more` rests on the leg; NEVER if a rest comes too late. */
static inline i32 ready_after(
    const Engine *e, const Vehicle *v, i32 before, i32 node, i32 leave, i32 state, i32 more) {
    if (more == 0) return leg(e, v, before, node, leave);
    if (leave > v->rest[state].start_late) return NEVER;
    i32 ready = leg_rested(e, v, before, node, leave, &v->rest[state]);
    for (i32 nth = state + 1; nth < state + more; nth++) {
        if (ready > v->rest[nth].start_late) return NEVER;
        ready = MAX(ready, v->rest[nth].early) + v->rest[nth].duration;
    }
    return ready;
}

/* Whether a label can never become a day: its next rest is due and can no longer begin. */
static inline bool rest_missed(const Vehicle *v, i32 state, i32 at) {
    const Rest *rest = &v->rest[state];
    return state < v->num_rests && at > rest->start_late && at > rest->due;
}

/* Whether the next rest is better taken on a later leg: one is done here before it may begin.
 * Being earlier must not cost anything for this to hold. */
static inline bool rest_can_wait(const Engine *e, const Vehicle *v, i32 state, i32 done) {
    return e->sure && done <= v->rest[state].early;
}

/* Add the label on leaving `node` when ready; return when that is, NEVER if it cannot be. */
static inline i32 push_left(const Engine *e, const Vehicle *v, i32 node, i32 ready, i32 released,
                            i32 state, i64 penalty, Labels *to) {
    i32 left;
    if (node < e->n) {
        i32 start = serve_start(e, node, ready);
        if (start == NEVER) return NEVER;
        penalty += start_cost(e, node, start);
        left = start + e->node[node].service;
    } else {
        left = MAX(ready + e->node[node].service, released);
    }
    if (!rest_missed(v, state, left)) push(to, state, left, penalty);
    return left;
}

/* Fill `to` with the labels on leaving `node`; whether there are any. */
static inline bool advance(const Engine *e, const Vehicle *v, i32 before, i32 node, i32 released,
                           const Labels *from, Labels *to) {
    bool found = false;
    clear_labels(e, to);
    for (i32 state = 0; state <= v->num_rests; state++) {
        for (i32 j = 0; j < 2; j++) {
            i32 leave = from->label[state][j].at;
            if (leave == NEVER) break;
            i64 penalty = from->label[state][j].penalty;
            i32 ready = leg(e, v, before, node, leave);
            i32 left = push_left(e, v, node, ready, released, state, penalty, to);
            if (state == v->num_rests || rest_can_wait(e, v, state, left)) continue;
            for (i32 more = 1; more <= v->num_rests - state; more++) {
                ready = ready_after(e, v, before, node, leave, state, more);
                if (ready >= NEVER) break;
                push_left(e, v, node, ready, released, state + more, penalty, to);
            }
        }
    }
    for (i32 state = 0; state <= v->num_rests; state++) found |= to->label[state][0].at < NEVER;
    return found;
}

/* Return the latest moment of being ready from which service begins by `start_by`. */
static inline i32 latest_ready(const Engine *e, i32 node, i32 start_by) {
    const Node *at = &e->node[node];
    if (at->num_windows <= 1) return at->early <= start_by ? MIN(start_by, at->late) : -NEVER;
    const i64 *window = e->told.window + (size_t)node * e->told.num_windows * 2;
    for (i32 w = at->num_windows - 1; w >= 0; w--)
        if (window[2 * w] <= start_by) return MIN(start_by, (i32)window[2 * w + 1]);
    return -NEVER;
}

/* Give the latest end of the day with these rests taken, and the latest at no cost. */
static inline void end_bounds(
    const Engine *e, const Vehicle *v, i32 state, i32 *latest, i32 *free_late) {
    i32 end = v->day_end;
    for (i32 nth = state; nth < v->num_rests; nth++)
        end = v->rest[nth].due >= 0 ? MIN(end, v->rest[nth].due) : -NEVER;
    i64 fair = v->shift_early + MIN(e->told.fair_work, (i64)NEVER);
    *latest = end;
    *free_late = (i32)MIN(MIN(end, v->shift_late), fair);
}

/* Return a latest time, or -NEVER where it lies before these rests can have been taken. */
static inline i32 after_rests(const Vehicle *v, i32 state, i32 latest) {
    if (state == 0) return MAX(latest, -NEVER);
    const Rest *rest = &v->rest[state - 1];
    return latest >= rest->early + rest->duration ? latest : -NEVER;
}

/* Return the latest departure in `state` that keeps the bounds `ready` at the end of the leg. */
static inline i32 latest_leave(const Vehicle *v, i32 way, const i32 *ready, i32 state) {
    i32 best = ready[state] - way, at_door = ready[v->num_rests];
    for (i32 s = v->num_rests - 1; s >= state; s--) {
        const Rest *rest = &v->rest[s];
        i32 rested = -NEVER;
        if (rest->early + rest->duration <= at_door) {
            rested = MIN(rest->start_late, at_door - rest->duration);
            if (s == state) {
                i32 by_way = at_door - rest->duration - way;
                best = MAX(best, MIN(rest->start_late, by_way));
            }
        }
        at_door = MAX(ready[s], rested);
    }
    return best;
}

#endif
