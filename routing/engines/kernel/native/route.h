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

/* Return the least penalty of ending the day from these labels, TOO_MUCH if it cannot. */
static i64 least_at_end(const Engine *e, const Vehicle *v, i32 before, const Labels *from) {
    i64 least = TOO_MUCH;
    for (i32 state = 0; state <= v->num_rests; state++) {
        for (i32 j = 0; j < 2; j++) {
            Label label = from->label[state][j];
            if (label.at == NEVER) break;
            for (i32 more = 0; more <= v->num_rests - state; more++) {
                i32 latest, unused;
                i32 ready = ready_after(e, v, before, v->end, label.at, state, more);
                end_bounds(e, v, state + more, &latest, &unused);
                if (ready <= latest) least = MIN(least, label.penalty + end_cost(e, v, ready));
            }
        }
    }
    return least;
}

static inline bool same_labels(const Engine *e, const Plan *p, i32 k, i32 x, const Labels *now) {
    const Label *was = labels_at(e, p, k, x);
    for (i32 s = 0; s < e->states; s++)
        for (i32 j = 0; j < 2; j++, was++) {
            const Label *is = &now->label[s][j];
            if (was->at != is->at || (is->at < NEVER && was->penalty != is->penalty)) return false;
        }
    return true;
}

/* Walk the route from position `x`, behind `until` only as long as something changes; return its
 * least penalty, TOO_MUCH if it cannot be done. */
static i64 forward(const Engine *e, Plan *p, i32 k, i32 x, i32 until) {
    const Vehicle *v = &e->vehicle[k];
    const Place *at = places(e, p, k);
    Labels labels[2];
    i32 slot = 0, length = p->route[k].length;
    if (x == 0) {
        clear_labels(e, &labels[0]);
        push(&labels[0], 0, first_leave(e, p, k), 0);
        store_labels(e, p, k, 0, &labels[0]);
    } else {
        recall_labels(e, p, k, x, &labels[0]);
    }
    i32 before = node_before(e, p, k, x);
    for (; x < length; x++) {
        i32 node = at[x].node, gone = node >= e->n ? released(e, p, k, x + 1) : 0;
        if (!advance(e, v, before, node, gone, &labels[slot], &labels[1 - slot])) return TOO_MUCH;
        slot = 1 - slot;
        if (x >= until && same_labels(e, p, k, x + 1, &labels[slot])) return p->route[k].penalty;
        store_labels(e, p, k, x + 1, &labels[slot]);
        before = node;
    }
    return least_at_end(e, v, before, &labels[slot]);
}

/* Write down the bounds of position `x` from those of the next; whether they have changed. */
static inline bool step_back(const Engine *e, Plan *p, i32 k, i32 x) {
    const Vehicle *v = &e->vehicle[k];
    Place *at = places(e, p, k);
    i32 node = at[x].node, way = way_between(e, v->way_least, node, at[x + 1].node);
    i32 gone = node >= e->n ? released(e, p, k, x + 1) : 0;
    i32 service = e->node[node].service, all = -NEVER;
    i32 *bound = bounds_at(e, p, k, x), *easy = free_at(e, p, k, x);
    bool changed = false;
    for (i32 s = 0; s <= v->num_rests; s++) {
        i32 leave = latest_leave(v, way, bound + e->states, s);
        i32 calm = latest_leave(v, way, easy + e->states, s), latest, free_late;
        if (node < e->n) {
            i32 kept = MIN(e->node[node].soft_late, e->node[node].drift_late);
            latest = latest_ready(e, node, leave - service);
            free_late = latest_ready(e, node, MIN(calm - service, kept));
        } else {
            latest = leave >= gone ? leave - service : -NEVER;
            free_late = calm >= gone ? calm - service : -NEVER;
        }
        latest = after_rests(v, s, latest);
        free_late = e->sure ? after_rests(v, s, free_late) : -NEVER;
        changed |= bound[s] != latest || easy[s] != free_late;
        bound[s] = latest, easy[s] = free_late;
        all = MAX(all, latest);
    }
    at[x].latest = all;
    return changed;
}

/* Write down latest times from position `x` - 1 on, before `until` as long as they change. */
static void backward(const Engine *e, Plan *p, i32 k, i32 x, i32 until) {
    const Vehicle *v = &e->vehicle[k];
    i32 length = p->route[k].length, all = -NEVER;
    i32 *bound = bounds_at(e, p, k, length), *easy = free_at(e, p, k, length);
    for (i32 s = 0; s <= v->num_rests; s++) {
        end_bounds(e, v, s, &bound[s], &easy[s]);
        if (!e->sure) easy[s] = -NEVER;
        all = MAX(all, bound[s]);
    }
    places(e, p, k)[length].latest = all;
    while (--x >= 0)
        if (!step_back(e, p, k, x) && x < until) return;
}

/* The same in one walk there and one back where only windows count. */
static i64 refresh_lean_times(const Engine *e, Plan *p, i32 k, i32 from, i32 until) {
    const Vehicle *v = &e->vehicle[k];
    Place *at = places(e, p, k);
    i32 length = p->route[k].length;
    i32 leave = from > 0 ? at[from].earliest : v->shift_early;
    for (i32 x = from; x < length; x++) {
        const Node *stop = &e->node[at[x].node];
        i32 ready = leave + way_between(e, v->way, node_before(e, p, k, x), at[x].node);
        if (x > until && at[x].earliest == leave) break;
        at[x].earliest = leave;
        if (ready > stop->late) return TOO_MUCH;
        leave = MAX(ready, stop->early) + stop->service;
        at[x + 1].earliest = x + 1 == length ? leave : at[x + 1].earliest;
    }
    if (length == 0) at[0].earliest = leave;
    i32 latest = at[length].latest = v->day_end, x = length;
    if (until < length) x = until, latest = at[x].latest;
    if (length > 0 && at[length].earliest + way_between(e, v->way, at[length - 1].node, v->end) >
                          v->day_end)
        return TOO_MUCH;
    while (--x >= 0) {
        const Node *stop = &e->node[at[x].node];
        latest -= way_between(e, v->way, at[x].node, at[x + 1].node) + stop->service;
        latest = MIN(latest, stop->late);
        if (x < from && at[x].latest == latest) break;
        at[x].latest = latest;
    }
    return 0;
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

/* Write down where the stops of a route from `x` on are, and what is next to them. */
static inline void relink(const Engine *e, Plan *p, i32 k, i32 x) {
    const Place *at = places(e, p, k);
    for (x = MAX(x - 1, 0); x < p->route[k].length; x++) {
        i32 node = at[x].node;
        if (node >= e->n) continue;
        p->owner[node] = k;
        p->position[node] = x;
        p->link[node] = (Link){at[x + 1].node, at[x + 1].arc,
                               x == 0 ? e->vehicle[k].start : -1, at[x].arc};
        if (x > 0 && at[x - 1].node >= e->n) p->link[node].before = at[x - 1].node;
    }
}

/* Copy what is known of `count` positions of a route to other positions of it. */
static void move_places(const Engine *e, Plan *p, i32 k, i32 from, i32 to, i32 count) {
    size_t many = (size_t)count, lots = many * (size_t)e->states;
    if (from == to || count <= 0) return;
    memmove(places(e, p, k) + to, places(e, p, k) + from, many * sizeof(Place));
    if (e->lean) return;
    memmove(labels_at(e, p, k, to), labels_at(e, p, k, from), 2 * lots * sizeof(Label));
    memmove(bounds_at(e, p, k, to), bounds_at(e, p, k, from), lots * sizeof(i32));
    memmove(free_at(e, p, k, to), free_at(e, p, k, from), lots * sizeof(i32));
}

/* Bring what is known of route `k` up to date after its nodes from `from` to before `until` have
 * changed; whether it breaks no rule of time or length. What lies behind was moved with its
 * nodes, so that both walks may end as soon as they change nothing. */
static bool refresh(const Engine *e, Plan *p, i32 k, i32 from, i32 until) {
    const Vehicle *v = &e->vehicle[k];
    Route *route = &p->route[k];
    Place *at = places(e, p, k);
    i32 length = route->length, before = node_before(e, p, k, from);
    i64 cost = 0, metres = 0;
    at[length].node = v->end;
    for (i32 x = from; x <= MIN(until, length); x++) {
        at[x].arc = way_between(e, v->arc, before, at[x].node);
        before = at[x].node;
    }
    relink(e, p, k, from);
    if ((length == 0) != (route->known_length == 0)) p->recount = true;
    route->known_length = length;
    route->first_reload = length;
    for (i32 x = length - 1; x >= 0 && v->reloads_max; x--)
        if (at[x].node >= e->n) route->first_reload = x;
    for (i32 x = 0; x <= length; x++) cost += at[x].arc;
    for (i32 x = 0; x <= length && e->metres; x++)
        metres += way_between(e, v->metres, node_before(e, p, k, x), at[x].node);
    if (!e->lean) backward(e, p, k, until, from);
    i64 penalty = e->lean ? refresh_lean_times(e, p, k, from, until)
                          : forward(e, p, k, e->releases ? 0 : from, until);
    loads_fit(e, p, k);
    route->metres = metres;
    route->way_cost = length ? cost + route->visits + v->fixed + cash_cost(e, route->cash) : 0;
    route->penalty = length ? penalty : 0;
    return length == 0 || (penalty < TOO_MUCH && metres <= v->metres_max);
}

/* Note that a stop has come to a route or, with `sign` -1, has left it. */
static inline void count_stop(const Engine *e, Plan *p, i32 k, i32 stop, i32 sign) {
    p->route[k].visits += sign * e->visit[(size_t)stop * e->vehicles + k];
    p->route[k].cash += sign * e->node[stop].cash;
    p->route[k].stops += sign;
}

#endif
