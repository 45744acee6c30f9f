/* Exchanges between two routes and within one, for what taking strings out does not reach: long
 * routes whose ends belong to each other, and stretches that want to be driven the other way.
 *
 * Sources: 2-opt*, Potvin and Rousseau (1995), J. of the Operational Research Society 46(12),
 * 1433-1446; 2-opt, Croes (1958), Operations Research 6(6), 791-812. */
#ifndef TANNOI_EXCHANGE_H
#define TANNOI_EXCHANGE_H

#include "ruin.h"

#define NEIGHBOURS 24

/* Whether vehicle `k` may serve another's nodes from `x` on; give the cost of its coming. */
static bool tail_welcome(const Engine *e, i32 other, i32 x, i32 k, i64 *visits) {
    const Place *at = places(e, &e->now, other);
    *visits = 0;
    for (; x < e->now.route[other].length; x++) {
        if (at[x].node >= e->n) continue;
        i64 visit = e->visit[(size_t)at[x].node * e->vehicles + k];
        if (visit >= NO_VEHICLE) return false;
        *visits += visit;
    }
    return true;
}

/* Whether a changed route breaks no rule the kernel knows, its times being up to date. */
static bool route_is_sound(Engine *e, i32 k, bool timely) {
    const Route *route = &e->now.route[k];
    if (!timely || route->stops > e->vehicle[k].stops_max) return false;
    if (route->length - route->stops > e->vehicle[k].reloads_max) return false;
    return trip_fits(e, &e->now, k);
}

/* Put the nodes of `list` behind the first `from` of route `k`; whether it is sound then. */
static bool replace_tail(Engine *e, i32 k, i32 from, const i32 *list, i32 count) {
    Plan *p = &e->now;
    Place *at = places(e, p, k);
    for (i32 x = from; x < p->route[k].length; x++)
        if (at[x].node < e->n) count_stop(e, p, k, at[x].node, -1);
    for (i32 nth = 0; nth < count; nth++) {
        at[from + nth].node = list[nth];
        if (list[nth] < e->n) count_stop(e, p, k, list[nth], 1);
    }
    p->route[k].length = from + count;
    return route_is_sound(e, k, refresh(e, p, k, from, from + count));
}

static i32 copy_tail(const Engine *e, i32 k, i32 from, i32 *to) {
    const Place *at = places(e, &e->now, k);
    i32 count = e->now.route[k].length - from;
    for (i32 nth = 0; nth < count; nth++) to[nth] = at[from + nth].node;
    return count;
}

static inline i64 cost_of(const Engine *e, i32 k) {
    return e->now.route[k].way_cost + e->now.route[k].penalty;
}

/* Let two routes go on as each other: `a` is followed by `b`; return the change of cost, TOO_MUCH
 * (and perhaps half a change, to be undone) where it breaks a rule or costs `spare` or more. */
static i64 cross(Engine *e, i32 a, i32 b, i64 spare) {
    const Plan *p = &e->now;
    i32 k = p->owner[a], other = p->owner[b];
    i32 x = p->position[a] + 1, y = p->position[b];
    if (x < p->route[k].frozen || y < p->route[other].frozen) return TOO_MUCH;
    const Vehicle *v = &e->vehicle[k], *w = &e->vehicle[other];
    const Place *here = places(e, p, k) + x, *there = places(e, p, other) + y;
    i32 before = node_before(e, p, other, y);
    if (here->earliest + way_between(e, v->way_least, a, b) > there->latest) return TOO_MUCH;
    i32 end = here->node == v->end && x == p->route[k].length ? w->end : here->node;
    i64 way = (i64)way_between(e, v->arc, a, b) - here->arc - there->arc +
              way_between(e, w->arc, before, end);
    i64 gain = p->route[k].penalty + p->route[other].penalty, ours, theirs, mine, yours;
    if (way - gain >= spare) return TOO_MUCH;
    if (there->earliest + way_between(e, w->way_least, before, end) > here->latest) return TOO_MUCH;
    if (!tail_welcome(e, other, y, k, &theirs) || !tail_welcome(e, k, x, other, &ours) ||
        !tail_welcome(e, k, x, k, &mine) || !tail_welcome(e, other, y, other, &yours))
        return TOO_MUCH;
    if (way - gain + theirs + ours - mine - yours >= spare) return TOO_MUCH;
    i32 *first = e->scratch, many = copy_tail(e, k, x, first), *second = first + many;
    i32 few = copy_tail(e, other, y, second);
    if (x + few + 3 >= e->room || y + many + 3 >= e->room) return TOO_MUCH;
    i64 change = -touch(e, k);
    change -= touch(e, other);
    if (!replace_tail(e, k, x, second, few)) return TOO_MUCH;
    if (!replace_tail(e, other, y, first, many)) return TOO_MUCH;
    return change + cost_of(e, k) + cost_of(e, other);
}

/* Drive the stretch from behind `a` to `b` the other way round; result as of `cross`. */
static i64 reverse(Engine *e, i32 a, i32 b, i64 spare) {
    const Plan *p = &e->now;
    i32 k = p->owner[a], x = p->position[a] + 1, y = p->position[b];
    if (y <= x || x < p->route[k].frozen || y - x > 40) return TOO_MUCH;
    const i32 *arc = e->vehicle[k].arc;
    const Place *at = places(e, p, k);
    i64 way = (i64)way_between(e, arc, a, b) - at[x].arc - at[y + 1].arc +
              way_between(e, arc, at[x].node, at[y + 1].node);
    for (i32 z = x + 1; z <= y; z++)
        way += way_between(e, arc, at[z].node, at[z - 1].node) - at[z].arc;
    if (way - p->route[k].penalty >= spare) return TOO_MUCH;
    i32 *list = e->scratch, many = copy_tail(e, k, x, list);
    for (i32 low = 0, high = y - x; low < high; low++, high--) {
        i32 node = list[low];
        list[low] = list[high], list[high] = node;
    }
    i64 change = -touch(e, k);
    if (!replace_tail(e, k, x, list, many)) return TOO_MUCH;
    return change + cost_of(e, k);
}

/* Try one exchange around a random stop; return the change of cost, TOO_MUCH if there is none. */
static i64 exchange(Engine *e, i64 spare) {
    i32 a = draw_below(e, e->n);
    i32 reach = (i32)MIN((i64)NEIGHBOURS, e->told.num_near - 1);
    if (reach < 1 || e->now.owner[a] < 0) return TOO_MUCH;
    i32 b = e->told.near[(size_t)a * e->told.num_near + 1 + draw_below(e, reach)];
    if (e->now.owner[b] < 0) return TOO_MUCH;
    return e->now.owner[a] == e->now.owner[b] ? reverse(e, a, b, spare) : cross(e, a, b, spare);
}

#endif
