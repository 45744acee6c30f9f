/* The cheapest place for a stop: most places are refused in a few steps.
 *
 * A place is looked at in this order: extra way against the best so far, earliest against latest
 * times, loads, then exact times from the place on until nothing later changes. */
#ifndef TANNOI_INSERT_H
#define TANNOI_INSERT_H

#include "route.h"

enum { PLAIN, RELOAD_BEFORE, RELOAD_AFTER };

typedef struct {
    i64 cost;     /* what must be beaten; then what the place costs */
    i32 route, x; /* route -1: none found */
    i32 mode, depot;
} Spot;

/* Return the least penalty of going on from `before` into position `x` of route `k`; TOO_MUCH
 * from `bound` on. The nodes from `x` on are those of the route, so their latest times hold, and
 * as soon as a label comes early enough for no further cost its penalty is final. */
static i64 tail_penalty(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 before, Labels *labels, i32 slot, i64 bound) {
    const Vehicle *v = &e->vehicle[k];
    const Place *at = places(e, p, k);
    i32 length = p->route[k].length;
    i64 least = bound;
    const i32 *latest = bounds_at(e, p, k, x), *easy = free_at(e, p, k, x);
    for (;; x++, latest += e->states, easy += e->states) {
        i32 node = at[x].node;
        bool is_depot = x < length && node >= e->n, alive = false;
        i32 gone = is_depot ? released(e, p, k, x + 1) : 0, service = e->node[node].service;
        Labels *from = &labels[slot], *to = &labels[1 - slot];
        clear_labels(e, to);
        for (i32 state = 0; state <= v->num_rests; state++) {
            for (i32 j = 0; j < 2; j++) {
                Label label = from->label[state][j];
                if (label.at == NEVER) break;
                if (label.penalty >= least) continue;
                for (i32 more = 0; more <= v->num_rests - state; more++) {
                    i32 ready = ready_after(e, v, before, node, label.at, state, more);
                    i32 s = state + more;
                    if (ready > latest[s]) continue;
                    if (ready <= easy[s]) {
                        least = MIN(least, label.penalty);
                    } else if (x == length) {
                        least = MIN(least, label.penalty + end_cost(e, v, ready));
                    } else if (is_depot) {
                        push(to, s, MAX(ready + service, gone), label.penalty);
                        alive = true;
                    } else {
                        i32 start = serve_start(e, node, ready);
                        i64 cost = label.penalty + start_cost(e, node, start);
                        if (cost < least) {
                            push(to, s, start + service, cost);
                            alive = true;
                        }
                        if (s < v->num_rests && rest_can_wait(e, v, s, start + service)) break;
                    }
                }
            }
        }
        if (!alive) return least < bound ? least : TOO_MUCH;
        slot = 1 - slot, before = node;
    }
}

/* Whether position `x` lies in a first trip that has already left. */
static inline bool on_road_trip(const Engine *e, const Plan *p, i32 k, i32 x) {
    return e->vehicle[k].on_road && x <= p->route[k].first_reload;
}

/* Whether the loads allow stop `c` at position `x` of the trip there is. */
static inline bool plain_fits(const Engine *e, const Plan *p, i32 k, i32 x, i32 c, bool on_road) {
    const Node *stop = &e->node[c];
    if (on_road && stop->goods && stop->loaded_on != k) return false;
    const Load *load = loads_at(e, p, k, x);
    for (i32 l = 0; l < e->loads; l++) {
        i64 capacity = e->vehicle[k].capacity[l], out = stop->out[l], taken = stop->taken[l];
        if (on_road) taken -= out, out = 0;
        i64 room = capacity - taken;
        if (load[l].most_before + out > capacity || load[l].before > room ||
            load[l].most_after > room)
            return false;
    }
    return true;
}

/* Whether the loads allow `c` at position `x` with a reload just before or after it. */
static bool split_fits(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 c, bool on_road, i32 mode) {
    const Node *stop = &e->node[c];
    if (mode == RELOAD_AFTER && on_road && stop->goods && stop->loaded_on != k) return false;
    const Load *load = loads_at(e, p, k, x);
    for (i32 l = 0; l < e->loads; l++) {
        i64 capacity = e->vehicle[k].capacity[l], out = stop->out[l], taken = stop->taken[l];
        i64 rest = load[l].handed, brought = load[l].before - rest;
        i64 first = load[l].most_before - (on_road ? 0 : rest);
        i64 after = load[l].most_after - brought;
        if (mode == RELOAD_BEFORE) {
            if (first > capacity || rest + MAX(out, taken) > capacity || after + taken > capacity)
                return false;
        } else if (on_road) {
            if (load[l].before + taken - out > capacity || after > capacity) return false;
        } else if (MAX(MAX(first + out, brought + taken), MAX(after, rest)) > capacity) {
            return false;
        }
    }
    return true;
}

/* Whether the earliest times just here and the latest times just there leave room for `c`. */
static inline bool timely(
    const Engine *e, const Vehicle *v, const Place *place, i32 c, i32 before) {
    const Node *stop = &e->node[c];
    i32 ready = place->earliest + way_between(e, v->way_least, before, c);
    if (ready > stop->late) return false;
    i32 left = MAX(ready, stop->early) + stop->service;
    return left + way_between(e, v->way_least, c, place->node) <= place->latest;
}

/* Return the route's penalty with `c` at position `x`; TOO_MUCH if not below `bound`. */
static i64 penalty_with(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 c, i32 mode, i32 depot, i64 bound) {
    const Vehicle *v = &e->vehicle[k];
    Labels labels[2];
    recall_labels(e, p, k, x, &labels[0]);
    i32 before = node_before(e, p, k, x), first = mode == RELOAD_BEFORE ? depot : c, gone = 0;
    if (mode == RELOAD_BEFORE) gone = MAX(released(e, p, k, x), e->node[c].release);
    if (!advance(e, v, before, first, gone, &labels[0], &labels[1])) return TOO_MUCH;
    if (mode == PLAIN) return tail_penalty(e, p, k, x, c, labels, 1, bound);
    i32 second = mode == RELOAD_BEFORE ? c : depot;
    gone = mode == RELOAD_AFTER ? released(e, p, k, x) : 0;
    if (!advance(e, v, first, second, gone, &labels[1], &labels[0])) return TOO_MUCH;
    return tail_penalty(e, p, k, x, second, labels, 0, bound);
}

/* Whether `c` is released after its trip would leave; such a place is not offered. */
static bool held_back(const Engine *e, const Plan *p, i32 k, i32 x, i32 c) {
    if (!e->releases || e->node[c].release == 0) return false;
    const Place *at = places(e, p, k);
    i32 begin = x;
    while (begin > 0 && at[begin - 1].node < e->n) begin--;
    if (begin == 0 && (p->route[k].length == 0 || e->vehicle[k].on_road)) return false;
    return e->node[c].release > at[begin].earliest;
}

/* Whether the metres allow a way that is longer by that of `first`, perhaps over `second`. */
static inline bool metres_fit(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 first, i32 second) {
    const Vehicle *v = &e->vehicle[k];
    if (!e->metres || v->metres_max >= TOO_MUCH) return true;
    i32 before = node_before(e, p, k, x), after = places(e, p, k)[x].node;
    i64 more = way_between(e, v->metres, before, first);
    more -= way_between(e, v->metres, before, after);
    if (second >= 0) more += way_between(e, v->metres, first, second);
    more += way_between(e, v->metres, second >= 0 ? second : first, after);
    if (p->route[k].length == 0) more += way_between(e, v->metres, before, after);
    return p->route[k].metres + more <= v->metres_max;
}

/* Offer `c` at position `x` with a reload before or after it. */
static void try_reloads(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 c, i64 extra, Spot *best) {
    const Vehicle *v = &e->vehicle[k];
    const Place *place = &places(e, p, k)[x];
    i32 before = node_before(e, p, k, x);
    bool on_road = on_road_trip(e, p, k, x);
    for (i32 nth = 0; nth < v->num_depots; nth++) {
        i32 depot = v->depot[nth];
        for (i32 mode = RELOAD_BEFORE; mode <= RELOAD_AFTER; mode++) {
            i32 first = mode == RELOAD_BEFORE ? depot : c;
            i32 second = mode == RELOAD_BEFORE ? c : depot;
            i64 way = (i64)way_between(e, v->arc, before, first) +
                      way_between(e, v->arc, first, second) +
                      way_between(e, v->arc, second, place->node) - place->arc + extra;
            if (way >= best->cost || !split_fits(e, p, k, x, c, on_road, mode) ||
                !metres_fit(e, p, k, x, first, second))
                continue;
            i64 bound = p->route[k].penalty + best->cost - way;
            i64 penalty = penalty_with(e, p, k, x, c, mode, depot, bound);
            if (penalty < TOO_MUCH)
                *best = (Spot){way + penalty - p->route[k].penalty, k, x, mode, depot};
        }
    }
}

/* Whether a route may become longer. */
static inline bool has_room(const Engine *e, const Plan *p, i32 k) {
    return p->route[k].length + 3 < e->room && p->route[k].stops < e->vehicle[k].stops_max;
}

static inline bool may_reload(const Engine *e, const Plan *p, i32 k) {
    return p->route[k].length - p->route[k].stops < e->vehicle[k].reloads_max;
}

/* Offer `c` at a position whose extra way is already known to be short enough. */
static void try_position(
    const Engine *e, const Plan *p, i32 k, i32 x, i32 c, i32 before, i64 extra, bool reload,
    i64 way, Spot *best) {
    const Vehicle *v = &e->vehicle[k];
    const Place *place = &places(e, p, k)[x];
    if (!timely(e, v, place, c, before)) return;
    if (plain_fits(e, p, k, x, c, on_road_trip(e, p, k, x)) && !held_back(e, p, k, x, c)) {
        if (!metres_fit(e, p, k, x, c, -1)) return;
        if (e->lean) {
            *best = (Spot){way, k, x, PLAIN, 0};
            return;
        }
        i64 bound = p->route[k].penalty + best->cost - way;
        i64 penalty = penalty_with(e, p, k, x, c, PLAIN, 0, bound);
        if (penalty < TOO_MUCH) *best = (Spot){way + penalty - p->route[k].penalty, k, x, PLAIN, 0};
    } else if (reload) {
        try_reloads(e, p, k, x, c, extra, best);
    }
}

/* Return what `c` adds to route `k` wherever it stands. */
static inline i64 extra_cost(const Engine *e, const Plan *p, i32 k, i32 c) {
    const Route *route = &p->route[k];
    i64 extra = e->visit[(size_t)c * e->vehicles + k];
    /* The empty route's way from start to end is not paid yet. */
    if (route->length == 0) extra += e->vehicle[k].fixed + places(e, p, k)[0].arc;
    if (e->told.excess_cash)
        extra += cash_cost(e, route->cash + e->node[c].cash) - cash_cost(e, route->cash);
    return extra;
}

/* Whether chance passes over this place: one in a hundred, counted ahead. */
static inline bool blinks(Engine *e) {
    if (--e->until_blink > 0) return false;
    double unit = draw_unit(e);
    e->until_blink = 1 + (i64)(log(1.0 - unit) / -0.01005033585350145);
    return true;
}

/* Offer `c` at every position of route `k`. */
static inline void try_route(
    Engine *e, const Plan *p, i32 k, i32 c, bool may_blink, Spot *best) {
    if (e->visit[(size_t)c * e->vehicles + k] >= NO_VEHICLE || !has_room(e, p, k)) return;
    const Vehicle *v = &e->vehicle[k];
    const Place *at = places(e, p, k);
    const i32 *into = v->arc_in + (size_t)c * e->nodes, *out = v->arc + (size_t)c * e->nodes;
    i32 length = p->route[k].length, late = e->node[c].late;
    i64 extra = extra_cost(e, p, k, c);
    bool reload = length > 0 && may_reload(e, p, k);
    i32 before = node_before(e, p, k, p->route[k].frozen);
    for (i32 x = p->route[k].frozen; x <= length; x++) {
        i32 after = at[x].node;
        i64 way = (i64)into[before] + out[after] - at[x].arc + extra;
        if (way < best->cost) {
            if (at[x].earliest > late) break;
            if (!(may_blink && blinks(e)))
                try_position(e, p, k, x, c, before, extra, reload, way, best);
        }
        before = after;
    }
}

/* Offer `c` at a position that the way alone does not forbid. */
static inline void try_near(Engine *e, const Plan *p, i32 k, i32 x, i32 c, i64 way, Spot *best) {
    if (e->visit[(size_t)c * e->vehicles + k] >= NO_VEHICLE || !has_room(e, p, k)) return;
    i64 extra = extra_cost(e, p, k, c);
    if (x < p->route[k].frozen || way + extra >= best->cost || blinks(e)) return;
    i32 before = node_before(e, p, k, x);
    try_position(e, p, k, x, c, before, extra, may_reload(e, p, k), way + extra, best);
}

/* Offer `c` behind each of the stops nearest to it, and before those that come first. */
static void near_positions(Engine *e, const Plan *p, i32 c, i32 granular, Spot *best) {
    const i32 *near = e->told.near + (size_t)c * e->told.num_near;
    i32 many = (i32)MIN((i64)granular + 1, e->told.num_near);
    const i32 *into = e->told.arc_in + (size_t)c * e->nodes;
    const i32 *out = e->told.arc + (size_t)c * e->nodes;
    for (i32 nth = 1; nth < many; nth++) {
        i32 stop = near[nth], k = p->owner[stop];
        if (k < 0) continue;
        const Link *link = &p->link[stop];
        if (e->told.num_profiles > 1) {
            into = e->vehicle[k].arc_in + (size_t)c * e->nodes;
            out = e->vehicle[k].arc + (size_t)c * e->nodes;
        }
        i64 way = (i64)into[stop] + out[link->next] - link->arc_next;
        if (way < best->cost) try_near(e, p, k, p->position[stop] + 1, c, way, best);
        if (link->before < 0) continue;
        way = (i64)into[link->before] + out[stop] - link->arc_before;
        if (way < best->cost) try_near(e, p, k, p->position[stop], c, way, best);
    }
}

/* Find the first empty vehicle of each kind, which stands for all of them, and count the routes. */
static void count_empty(Engine *e, Plan *p) {
    memset(e->seen_kind, 0, (size_t)e->told.num_kinds);
    e->num_empty = e->num_active = 0;
    for (i32 k = 0; k < e->vehicles; k++) {
        if (p->route[k].length > p->route[k].frozen) e->num_active++;
        if (p->route[k].length > 0 || e->seen_kind[e->vehicle[k].kind]) continue;
        e->seen_kind[e->vehicle[k].kind] = 1;
        e->empty[e->num_empty++] = k;
    }
    p->recount = false;
}

/* Give the cheapest place of stop `c` below `best->cost`; its route is -1 if there is none. */
static void best_insertion(Engine *e, Plan *p, i32 c, i32 granular, Spot *best) {
    best->route = -1;
    if (granular > 0) {
        /* Who knows the place, wherever that round goes just now, and then who passes near by. */
        if (e->home[c] >= 0 && p->route[e->home[c]].length > 0)
            try_route(e, p, e->home[c], c, true, best);
        near_positions(e, p, c, granular, best);
    } else {
        /* The route of the nearest stop first: a good place at once makes others short work. */
        const i32 *near = e->told.near + (size_t)c * e->told.num_near;
        i32 first = e->told.num_near > 1 ? MAX(p->owner[near[1]], 0) : 0;
        for (i32 nth = 0; nth < e->vehicles; nth++) {
            i32 k = first + nth < e->vehicles ? first + nth : first + nth - e->vehicles;
            if (p->route[k].length > 0) try_route(e, p, k, c, true, best);
        }
    }
    if (p->recount) count_empty(e, p);
    for (i32 nth = 0; nth < e->num_empty; nth++) try_route(e, p, e->empty[nth], c, false, best);
}

/* Put `c` where the spot says, with its reload if it has one. */
static void apply_insertion(const Engine *e, Plan *p, i32 c, const Spot *spot) {
    i32 k = spot->route, width = spot->mode == PLAIN ? 1 : 2, x = spot->x;
    Place *at = places(e, p, k);
    move_places(e, p, k, x, x + width, p->route[k].length + 1 - x);
    if (!e->lean) {
        /* The labels on arriving at what was here are those on arriving at what is put here. */
        memcpy(labels_at(e, p, k, x), labels_at(e, p, k, x + width),
               2 * (size_t)e->states * sizeof(Label));
    }
    at[x].earliest = at[x + width].earliest;
    at[x].node = spot->mode == RELOAD_BEFORE ? spot->depot : c;
    if (width == 2) at[x + 1].node = spot->mode == RELOAD_BEFORE ? c : spot->depot;
    p->route[k].length += width;
    count_stop(e, p, k, c, 1);
}

#endif
