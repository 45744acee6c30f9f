/* Ruin and recreate with strings of neighbouring stops.
 *
 * Source: slack induction by string removals, Christiaens and Vanden Berghe (2020), Transportation
 * Science 54(2), 417-433. Here over the full model: stops may stay out, routes may reload. */
#ifndef TANNOI_RUIN_H
#define TANNOI_RUIN_H

#include "insert.h"

#define AVERAGE_REMOVED 10.0
#define STRING_MAX 10.0
#define SPLIT_CHANCE 0.5
#define GROW_CHANCE 0.01 /* as in the paper, but a string is split by a run kept with 1 - this */
#define NUM_ORDERS 17

/* Copy all that is known of one route. */
static void save_route(const Engine *e, const Plan *p, Plan *to, i32 k) {
    size_t many = (size_t)p->route[k].length + 1, lots = many * (size_t)e->states;
    to->route[k] = p->route[k];
    memcpy(places(e, to, k), places(e, p, k), many * sizeof(Place));
    if (e->loads)
        memcpy(loads_at(e, to, k, 0), loads_at(e, p, k, 0), many * (size_t)e->loads * sizeof(Load));
    if (e->lean) return;
    memcpy(labels_at(e, to, k, 0), labels_at(e, p, k, 0), 2 * lots * sizeof(Label));
    memcpy(bounds_at(e, to, k, 0), bounds_at(e, p, k, 0), lots * sizeof(i32));
    memcpy(free_at(e, to, k, 0), free_at(e, p, k, 0), lots * sizeof(i32));
}

/* Keep a copy of a route before its first change; return its cost before, 0 if known. */
static inline i64 touch(Engine *e, i32 k) {
    if (e->is_touched[k]) return 0;
    e->is_touched[k] = 1;
    e->touched[e->num_touched++] = k;
    save_route(e, &e->now, &e->backup, k);
    return e->now.route[k].way_cost + e->now.route[k].penalty;
}

static inline void note_removed(Engine *e, i32 stop, i32 from) {
    e->removed[e->num_removed] = stop;
    e->removed_from[e->num_removed++] = from;
    e->now.owner[stop] = -1;
}

/* Remove a string of `size` stops around `place`, `kept` of them in its middle staying; `from` and
 * `until` then say which positions are not as they were. */
static void take_out(Engine *e, i32 k, i32 place, i32 size, i32 kept, i32 *from, i32 *until) {
    Route *route = &e->now.route[k];
    Place *at = places(e, &e->now, k);
    i32 length = route->length, span = size + kept;
    i32 low = MAX(route->frozen, place - span + 1), high = MIN(place, length - span);
    i32 first = low + (high > low ? draw_below(e, high - low + 1) : 0), write = first;
    i32 hold = kept > 0 ? first + 1 + (size > 1 ? draw_below(e, size - 1) : 0) : length;
    for (i32 x = first; x < first + span; x++) {
        i32 node = at[x].node;
        if (node < e->n && !(x >= hold && x < hold + kept)) {
            note_removed(e, node, k);
            count_stop(e, &e->now, k, node, -1);
        } else {
            at[write++].node = node;
        }
    }
    *from = first, *until = write;
    i32 tail = length + 1 - (first + span);
    if (write < first + span) {
        /* The labels on arriving at the first place stay: they know only what is before it. */
        Labels arriving;
        i32 earliest = at[first].earliest;
        if (!e->lean) recall_labels(e, &e->now, k, first, &arriving);
        move_places(e, &e->now, k, first + span, write, tail);
        at[first].earliest = earliest;
        if (!e->lean) store_labels(e, &e->now, k, first, &arriving);
    }
    route->length = write + tail - 1;
}

/* Take out each reload the route no longer needs; return the first position changed, or `none`. */
static i32 drop_reloads(Engine *e, i32 k, i32 none) {
    Route *route = &e->now.route[k];
    Place *at = places(e, &e->now, k);
    i32 first = none;
    if (e->vehicle[k].reloads_max == 0) return none;
    for (i32 x = route->frozen; x < route->length;) {
        i32 length = route->length, depot = at[x].node;
        if (depot < e->n) {
            x++;
            continue;
        }
        for (i32 y = x; y < length - 1; y++) at[y].node = at[y + 1].node;
        route->length = length - 1;
        if (trip_fits(e, &e->now, k)) {
            first = MIN(first, x);
            continue;
        }
        for (i32 y = length - 1; y > x; y--) at[y].node = at[y - 1].node;
        at[x].node = depot;
        route->length = length;
        x++;
    }
    return first;
}

/* Bring a route up to date after a change of its nodes, reloads it no longer needs dropped. */
static void settle(Engine *e, i32 k, i32 from, i32 until) {
    i32 length = e->now.route[k].length, first = drop_reloads(e, k, length);
    /* Where a reload went, nodes have moved without what is known of them. */
    if (e->now.route[k].length < length) from = MIN(from, first), until = e->now.route[k].length;
    refresh(e, &e->now, k, from, until);
}

/* Remove one string around a stop; return the change of cost. */
static i64 ruin_string(Engine *e, i32 stop, double longest) {
    Plan *p = &e->now;
    i32 k = p->owner[stop];
    i64 change = -touch(e, k);
    i32 free = p->route[k].length - p->route[k].frozen;
    i32 size = MIN(free, (i32)(draw_unit(e) * MIN((double)free, longest) + 1.0)), kept = 0;
    if (size > 1 && size < free && draw_unit(e) < SPLIT_CHANCE) {
        kept = 1;
        while (size + kept < free && draw_unit(e) > GROW_CHANCE) kept++;
    }
    i32 from, until;
    take_out(e, k, p->position[stop], size, kept, &from, &until);
    settle(e, k, from, until);
    return change + p->route[k].way_cost + p->route[k].penalty;
}

/* Remove strings around a random stop; return the change of cost. */
static i64 ruin(Engine *e) {
    Plan *p = &e->now;
    i32 total = 0, done = 0;
    if (p->recount || e->frozen) count_empty(e, p);
    if (e->num_active == 0) return 0;
    for (i32 k = 0; k < e->vehicles && e->frozen; k++) total -= p->route[k].frozen;
    total += e->n - e->num_removed;
    double longest = MIN(STRING_MAX, (double)total / e->num_active);
    double most = 4.0 * AVERAGE_REMOVED / (1.0 + longest) - 1.0;
    i32 strings = (i32)(draw_unit(e) * most + 1.0), seed = draw_below(e, e->n);
    const i32 *near = e->told.near + (size_t)seed * e->told.num_near;
    i64 change = 0;
    for (i64 nth = 0; nth < e->told.num_near && done < strings; nth++) {
        i32 k = p->owner[near[nth]];
        if (k < 0 || e->is_touched[k] || p->position[near[nth]] < p->route[k].frozen) continue;
        change += ruin_string(e, near[nth], longest);
        done++;
    }
    return change;
}

/* Put the stops left out among those to return; return the cost they no longer have. */
static i64 offer_left_out(Engine *e) {
    i64 change = 0;
    for (i32 stop = 0; stop < e->n; stop++) {
        if (e->now.owner[stop] >= 0) continue;
        note_removed(e, stop, -1);
        change -= e->node[stop].left_out;
    }
    return change;
}

/* Return the place of a stop in one of the orders of recreation. */
static double sort_key(Engine *e, i32 stop, i32 order) {
    const Node *at = &e->node[stop];
    const Vehicle *v = &e->vehicle[0];
    double load = 0.0;
    if (order < 4) return draw_unit(e);
    if (order < 6) {
        for (i32 l = 0; l < e->loads; l++)
            load += (double)(at->out[l] + llabs(at->taken[l])) / (1.0 + (double)v->capacity[l]);
        return -load;
    }
    if (order < 8) return -(double)way_between(e, v->arc, v->start, stop);
    if (order < 9) return (double)way_between(e, v->arc, v->start, stop);
    if (order < 12) return (double)at->late - at->early;
    if (order < 14) return (double)at->early;
    if (order < 16) return -(double)at->late;
    return -(double)at->left_out - (double)at->cash * 1e-6;
}

/* Put the removed stops in the order of their return. */
static void sort_removed(Engine *e) {
    i32 order = draw_below(e, NUM_ORDERS);
    for (i32 at = 0; at < e->num_removed; at++) {
        i32 stop = e->removed[at], from = e->removed_from[at], to = at - 1;
        double key = sort_key(e, stop, order);
        for (; to >= 0 && e->key[to] > key; to--) {
            e->key[to + 1] = e->key[to];
            e->removed[to + 1] = e->removed[to];
            e->removed_from[to + 1] = e->removed_from[to];
        }
        e->key[to + 1] = key, e->removed[to + 1] = stop, e->removed_from[to + 1] = from;
    }
}

/* Put removed stops back one by one; return the change of cost, TOO_MUCH from `spare` on. */
static i64 recreate(Engine *e, i64 spare) {
    Plan *p = &e->now;
    i64 change = 0;
    for (i32 at = 0; at < e->num_removed; at++) {
        i32 stop = e->removed[at];
        i64 left_out = e->node[stop].left_out, most = MIN(left_out, spare - change);
        Spot spot = {most, -1, 0, PLAIN, 0};
        best_insertion(e, p, stop, e->granular, &spot);
        /* Where all routes are worth a look, for a stop would be left out. */
        if (spot.route < 0 && e->granular > 0 && most == left_out)
            best_insertion(e, p, stop, 0, &spot);
        if (spot.route < 0) {
            change += left_out;
        } else {
            i32 k = spot.route;
            change -= p->route[k].way_cost + p->route[k].penalty;
            touch(e, k);
            apply_insertion(e, p, stop, &spot);
            if (spot.mode == PLAIN)
                refresh(e, p, k, spot.x, spot.x + 1);
            else
                settle(e, k, spot.x, spot.x + 2);
            change += p->route[k].way_cost + p->route[k].penalty;
        }
        if (change >= spare) return TOO_MUCH;
    }
    return change;
}

/* Put everything back as it was before the step. */
static void undo(Engine *e) {
    for (i32 at = 0; at < e->num_removed; at++) e->now.owner[e->removed[at]] = e->removed_from[at];
    for (i32 at = 0; at < e->num_touched; at++) {
        i32 k = e->touched[at];
        if ((e->now.route[k].length == 0) != (e->backup.route[k].length == 0))
            e->now.recount = true;
        save_route(e, &e->backup, &e->now, k);
        relink(e, &e->now, k, 0);
    }
}

static void keep_best(Engine *e) {
    e->best_cost = e->cost;
    for (i32 k = 0; k < e->vehicles; k++) {
        const Place *place = places(e, &e->now, k);
        e->best_length[k] = e->now.route[k].length;
        for (i32 x = 0; x < e->best_length[k]; x++)
            e->best_nodes[(size_t)k * e->room + x] = place[x].node;
    }
}

#endif
