/* Keeps what is known along one route true after it has changed. */
#ifndef TANNOI_ROUTE_H
#define TANNOI_ROUTE_H

#include "times.h"

/* Return the latest release of the trip that begins at position `x`. */
static inline i32 released(const Engine *e, const Plan *p, i32 k, i32 x) {
    i32 latest = 0;
    if (!e->releases) return 0;
    const Place *at = places(e, p, k);
    for (; x < p->route[k].length && at[x].node < e->n; x++)
        latest = MAX(latest, e->node[at[x].node].release);
    return latest;
}

/* Return when the vehicle leaves. */
static inline i32 first_leave(const Engine *e, const Plan *p, i32 k) {
    const Vehicle *v = &e->vehicle[k];
    return v->on_road ? v->shift_early : MAX(v->shift_early, released(e, p, k, 0));
}

static inline void store_labels(const Engine *e, Plan *p, i32 k, i32 x, const Labels *from) {
    Label *to = labels_at(e, p, k, x);
    i32 soonest = NEVER;
    for (i32 s = 0; s < e->states; s++)
        for (i32 j = 0; j < 2; j++) {
            *to++ = from->label[s][j];
            soonest = MIN(soonest, from->label[s][j].at);
        }
    places(e, p, k)[x].earliest = soonest;
}

static inline void recall_labels(const Engine *e, const Plan *p, i32 k, i32 x, Labels *to) {
    const Label *from = labels_at(e, p, k, x);
    for (i32 s = 0; s < e->states; s++)
        for (i32 j = 0; j < 2; j++) to->label[s][j] = *from++;
}

/* Walk the route; return its least penalty, TOO_MUCH if it cannot be done. */
static i64 forward(const Engine *e, Plan *p, i32 k) {
    const Vehicle *v = &e->vehicle[k];
    const Place *at = places(e, p, k);
    Labels labels[2];
    i32 slot = 0, length = p->route[k].length, before = v->start;
    clear_labels(e, &labels[0]);
    push(&labels[0], 0, first_leave(e, p, k), 0);
    store_labels(e, p, k, 0, &labels[0]);
    for (i32 x = 0; x < length; x++) {
        i32 node = at[x].node, gone = node >= e->n ? released(e, p, k, x + 1) : 0;
        if (!advance(e, v, before, node, gone, &labels[slot], &labels[1 - slot])) return TOO_MUCH;
        slot = 1 - slot;
        store_labels(e, p, k, x + 1, &labels[slot]);
        before = node;
    }
    i64 least = TOO_MUCH;
    for (i32 state = 0; state <= v->num_rests; state++) {
        for (i32 j = 0; j < 2; j++) {
            Label from = labels[slot].label[state][j];
            if (from.at == NEVER) break;
            for (i32 more = 0; more <= v->num_rests - state; more++) {
                i32 latest, unused;
                i32 ready = ready_after(e, v, before, v->end, from.at, state, more);
                end_bounds(e, v, state + more, &latest, &unused);
                if (ready <= latest) least = MIN(least, from.penalty + end_cost(e, v, ready));
            }
        }
    }
    return least;
}

/* Write down the latest times, and the latest at no further cost. */
static void backward(const Engine *e, Plan *p, i32 k) {
    const Vehicle *v = &e->vehicle[k];
    Place *at = places(e, p, k);
    i32 length = p->route[k].length, rests = v->num_rests;
    i32 *bound = bounds_at(e, p, k, length), *easy = free_at(e, p, k, length);
    at[length].latest = -NEVER;
    for (i32 s = 0; s <= rests; s++) {
        end_bounds(e, v, s, &bound[s], &easy[s]);
        at[length].latest = MAX(at[length].latest, bound[s]);
    }
    for (i32 x = length - 1; x >= 0; x--) {
        i32 node = at[x].node, way = way_between(e, v->way_least, node, at[x + 1].node);
        i32 gone = node >= e->n ? released(e, p, k, x + 1) : 0;
        i32 service = e->node[node].service, latest = -NEVER;
        i32 *bound_here = bound - e->states, *easy_here = easy - e->states;
        for (i32 s = 0; s <= rests; s++) {
            i32 leave = MAX(latest_leave(v, way, bound, s), -NEVER);
            i32 calm = MAX(latest_leave(v, way, easy, s), -NEVER);
            if (node < e->n) {
                i32 kept = MIN(MIN(calm - service, e->node[node].soft_late),
                               e->node[node].drift_late);
                bound_here[s] = latest_ready(e, node, leave - service);
                easy_here[s] = latest_ready(e, node, kept);
            } else {
                bound_here[s] = leave >= gone ? leave - service : -NEVER;
                easy_here[s] = calm >= gone ? calm - service : -NEVER;
            }
            latest = MAX(latest, bound_here[s]);
        }
        at[x].latest = latest;
        bound = bound_here, easy = easy_here;
    }
    if (!e->sure) {
        easy = free_at(e, p, k, 0);
        for (i32 nth = 0; nth < (length + 1) * e->states; nth++) easy[nth] = -NEVER;
    }
}

/* The same in one walk there and one back where only windows count. */
static i64 refresh_lean_times(const Engine *e, Plan *p, i32 k) {
    const Vehicle *v = &e->vehicle[k];
    Place *at = places(e, p, k);
    i32 length = p->route[k].length, before = v->start, leave = v->shift_early;
    bool sound = true;
    for (i32 x = 0; x < length; x++) {
        i32 node = at[x].node, ready = leave + way_between(e, v->way, before, node);
        const Node *stop = &e->node[node];
        at[x].earliest = leave;
        sound = sound && ready <= stop->late;
        leave = MAX(ready, stop->early) + stop->service;
        before = node;
    }
    at[length].earliest = leave;
    i32 latest = v->day_end;
    sound = sound && leave + way_between(e, v->way, before, v->end) <= latest;
    at[length].latest = latest;
    for (i32 x = length - 1; x >= 0; x--) {
        const Node *stop = &e->node[at[x].node];
        latest -= way_between(e, v->way, at[x].node, at[x + 1].node) + stop->service;
        at[x].latest = latest = MIN(latest, stop->late);
    }
    return sound ? 0 : TOO_MUCH;
}

/* Write down one load along the route; whether it never exceeds its limit. */
static bool load_fits(const Engine *e, Plan *p, i32 k, i32 c) {
    const Vehicle *v = &e->vehicle[k];
    const Place *at = places(e, p, k);
    Load *load = loads_at(e, p, k, 0) + c;
    i32 length = p->route[k].length, step = e->loads;
    i64 capacity = v->capacity[c];
    bool fits = true;
    for (i32 begin = 0; begin <= length;) {
        i32 until = begin;
        i64 handed = 0;
        for (; until < length && at[until].node < e->n; until++)
            handed += e->node[at[until].node].out[c];
        i64 board = handed;
        if (begin == 0) board = v->on_road ? v->carried[c] : handed + v->carried[c];
        i64 most = board;
        for (i32 x = begin; x <= until; x++) {
            Load *here = load + (size_t)x * step;
            here->before = board, here->most_before = most, here->handed = handed;
            if (x < until) {
                const Node *stop = &e->node[at[x].node];
                board += stop->taken[c] - stop->out[c];
                handed -= stop->out[c];
                most = MAX(most, board);
            }
        }
        fits = fits && most <= capacity;
        most = -TOO_MUCH;
        for (i32 x = until; x >= begin; x--) {
            if (x < until) most = MAX(most, load[(size_t)(x + 1) * step].before);
            load[(size_t)x * step].most_after = most;
        }
        begin = until + 1;
    }
    return fits;
}

static bool loads_fit(const Engine *e, Plan *p, i32 k) {
    bool fits = true;
    for (i32 c = 0; c < e->loads; c++) fits &= load_fits(e, p, k, c);
    return fits;
}

/* Whether a route carries what it must, and its first trip has it on board. */
static bool trip_fits(const Engine *e, Plan *p, i32 k) {
    const Place *at = places(e, p, k);
    if (e->vehicle[k].on_road)
        for (i32 x = 0; x < p->route[k].length && at[x].node < e->n; x++)
            if (e->node[at[x].node].goods && e->node[at[x].node].loaded_on != k) return false;
    return loads_fit(e, p, k);
}

/* Return the cost of handling more than the fair share of cash. */
static inline i64 cash_cost(const Engine *e, i64 cash) {
    i64 excess = cash - e->told.fair_cash;
    return excess > 0 ? e->told.excess_cash * ((excess + 999999) / 1000000) : 0;
}

/* Bring everything known of route `k` up to date; whether it breaks no rule of time or length. */
static bool refresh(const Engine *e, Plan *p, i32 k) {
    const Vehicle *v = &e->vehicle[k];
    Route *route = &p->route[k];
    Place *at = places(e, p, k);
    i64 cost = 0, cash = 0, metres = 0;
    i32 before = v->start, stops = 0, length = route->length;
    route->first_reload = length;
    for (i32 x = 0; x < length; x++) {
        i32 node = at[x].node;
        cost += at[x].arc = way_between(e, v->arc, before, node);
        if (e->metres) metres += way_between(e, v->metres, before, node);
        if (node < e->n) {
            cost += e->visit[(size_t)node * e->vehicles + k];
            cash += e->node[node].cash;
            p->owner[node] = k;
            p->position[node] = x;
            stops++;
        } else {
            route->first_reload = MIN(route->first_reload, x);
        }
        before = node;
    }
    at[length].node = v->end;
    at[length].arc = way_between(e, v->arc, before, v->end);
    if (e->metres) metres += way_between(e, v->metres, before, v->end);
    i64 penalty = e->lean ? refresh_lean_times(e, p, k) : forward(e, p, k);
    if (!e->lean) backward(e, p, k);
    loads_fit(e, p, k);
    route->stops = stops;
    route->metres = metres;
    route->cash = length ? cash : 0;
    route->way_cost = length ? cost + at[length].arc + v->fixed + cash_cost(e, cash) : 0;
    route->penalty = length ? penalty : 0;
    return length == 0 || (penalty < TOO_MUCH && (length == 0 || metres <= v->metres_max));
}

#endif
