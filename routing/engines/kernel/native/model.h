/* The question as compiled code reads it, and the plan under search.
 *
 * Times are seconds after midnight in 32 bits, costs and loads 64 bits. Nodes are those of
 * `routing.indexed` and one more, the open end, which everybody reaches at no cost. */
#ifndef TANNOI_MODEL_H
#define TANNOI_MODEL_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t i32;
typedef int64_t i64;

#define NEVER (1 << 30)          /* later than any time */
#define TOO_MUCH ((i64)1 << 60)  /* more than any cost */
#define NO_VEHICLE ((i64)1 << 50) /* visit cost that says that this vehicle may not come */
#define LOADS_MAX 3
#define RESTS_MAX 4
#define STATES_MAX (RESTS_MAX + 1)
#define DEPOTS_MAX 3
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* What Python hands over; `engine.py` holds the same list in the same order. */
typedef struct {
    i64 num_stops, num_nodes, num_vehicles, num_profiles, num_loads, num_states;
    i64 num_windows, num_bands, num_near, num_kinds;
    i64 lateness, overtime, drift, fair_work, excess_work, fair_cash, excess_cash;
    i64 sure;        /* no speed bands, no promised times: "no later" means "at no more cost" */
    i64 has_release;
    const i64 *node;      /* (nodes, NODE_COLUMNS) */
    const i64 *window;    /* (stops, num_windows, 2) */
    const i64 *vehicle;   /* (vehicles, VEHICLE_COLUMNS) */
    const i64 *band;      /* (bands, 2) from when, percent */
    const i64 *visit;     /* (stops, vehicles) cost of that vehicle coming */
    const i32 *way;       /* (profiles, nodes, nodes) seconds with set-up */
    const i32 *way_least; /* the same at the fastest speed of the day */
    const i32 *setup;     /* (nodes, nodes), read only where there are speed bands */
    const i32 *arc;       /* (profiles, nodes, nodes) cost */
    const i32 *arc_in;    /* the same, row = to, column = from */
    const i32 *metres;    /* (profiles, nodes, nodes), read only where a vehicle has a limit */
    const i32 *near;      /* (stops, num_near) each stop's nearest by cost, itself first */
} Told;

enum { /* columns of `node`, as in `model.py` */
    N_SERVICE, N_EARLY, N_LATE, N_WINDOWS, N_SOFT_LATE, N_DRIFT_EARLY, N_DRIFT_LATE, N_RELEASE,
    N_LOADED_ON, N_GOODS, N_LEFT_OUT, N_CASH, N_OUT, N_TAKEN = N_OUT + 3, NODE_COLUMNS = N_TAKEN + 3
};
enum { /* columns of `vehicle` */
    V_START, V_END, V_SHIFT_EARLY, V_SHIFT_LATE, V_DAY_END, V_FIXED, V_RESTS, V_RELOADS_MAX,
    V_DEPOTS, V_ON_ROAD, V_STOPS_MAX, V_PROFILE, V_KIND, V_METRES_MAX, V_DEPOT,
    V_CAPACITY = V_DEPOT + 3, V_CARRIED = V_CAPACITY + 3, V_REST_EARLY = V_CARRIED + 3,
    V_REST_START_LATE = V_REST_EARLY + 4, V_REST_DURATION = V_REST_START_LATE + 4,
    V_REST_DUE = V_REST_DURATION + 4, VEHICLE_COLUMNS = V_REST_DUE + 4
};

typedef struct {
    i32 service, early, late, num_windows, soft_late, drift_early, drift_late, release;
    i32 loaded_on, goods;
    i64 left_out, cash, out[LOADS_MAX], taken[LOADS_MAX];
} Node;

typedef struct {
    i32 early, start_late, duration, due; /* due: -1 always */
} Rest;

typedef struct {
    i32 start, end, shift_early, shift_late, day_end, num_rests, reloads_max, num_depots;
    i32 on_road, stops_max, profile, kind, depot[DEPOTS_MAX];
    i64 fixed, metres_max, capacity[LOADS_MAX], carried[LOADS_MAX];
    Rest rest[RESTS_MAX];
    const i32 *way, *way_least, *arc, *arc_in, *metres; /* of its profile */
} Vehicle;

typedef struct {
    i32 at;      /* NEVER: no such label */
    i64 penalty;
} Label;

/* Of each state (rests taken) the cheapest label and, if earlier, the earliest one. */
typedef struct {
    Label label[STATES_MAX][2];
} Labels;

typedef struct {
    i32 node;     /* after the last stop the end of the day */
    i32 arc;      /* cost of the way into it */
    i32 earliest; /* earliest departure towards it */
    i32 latest;   /* latest ready at it, in any state */
} Place;

typedef struct {
    i64 before, most_before; /* on board on arrival; most so far within the trip */
    i64 most_after, handed;  /* most from here on; handed out from here on within the trip */
} Load;

typedef struct {
    i32 length, frozen, stops, first_reload, known_length; /* known: when last brought up to date */
    i64 way_cost, penalty, visits, cash, metres; /* visits: cost of this vehicle coming */
} Route;

/* What is next to a stop on its route, kept together for the search around near stops. */
typedef struct {
    i32 next, arc_next;     /* the node behind it and the cost of the way there */
    i32 before, arc_before; /* where it comes first: the start and the cost from there; else -1 */
} Link;

typedef struct {
    Route *route;   /* (vehicles) */
    Place *place;   /* (vehicles, room) */
    Label *label;   /* (vehicles, room, states, 2) on leaving towards the place */
    i32 *bound;     /* (vehicles, room, states) latest ready */
    i32 *free_late; /* (vehicles, room, states) latest ready at no further cost */
    Load *load;     /* (vehicles, room, loads) */
    i32 *owner;     /* (stops) vehicle; -1 left out */
    i32 *position;  /* (stops) */
    Link *link;     /* (stops) */
    bool recount;   /* a route has become empty or is no longer */
} Plan;

typedef struct {
    Told told;
    i32 n, nodes, vehicles, states, loads, room;
    bool lean; /* windows and loads only: a place fits if earliest and latest times say so */
    bool sure, releases, metres, frozen; /* frozen: some routes have begun */
    Node *node;
    Vehicle *vehicle;
    const i64 *visit;
    i32 *home; /* (stops) the vehicle that comes at least cost; -1 where many do */
    Plan now, backup;
    i64 cost, best_cost;
    i32 *best_nodes, *best_length; /* (vehicles, room), (vehicles) */
    i32 *touched, num_touched;
    uint8_t *is_touched;
    i32 *removed, *removed_from, num_removed; /* stops taken out in this step */
    double *key;
    i32 *scratch;
    i32 *empty, num_empty, num_active; /* first empty vehicle of each kind; routes not empty */
    uint8_t *seen_kind;
    uint64_t random[2];
    i64 until_blink;
    i32 granular;
    i64 steps_done;
} Engine;

/* Chance: xoroshiro128+ (Blackman and Vigna 2021), seeded by splitmix64. */
static inline uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

static inline uint64_t draw(Engine *e) {
    uint64_t a = e->random[0], b = e->random[1], sum = a + b;
    b ^= a;
    e->random[0] = rotate(a, 24) ^ b ^ (b << 16);
    e->random[1] = rotate(b, 37);
    return sum;
}

static inline double draw_unit(Engine *e) { return (double)(draw(e) >> 11) * 0x1.0p-53; }

static inline i32 draw_below(Engine *e, i32 count) {
    return (i32)(((draw(e) >> 32) * (uint64_t)(uint32_t)count) >> 32);
}

static inline void seed_chance(Engine *e, uint64_t seed) {
    for (int at = 0; at < 2; at++) {
        uint64_t z = (seed += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        e->random[at] = z ^ (z >> 31);
    }
}

static inline Place *places(const Engine *e, const Plan *p, i32 k) {
    return p->place + (size_t)k * e->room;
}

static inline Label *labels_at(const Engine *e, const Plan *p, i32 k, i32 x) {
    return p->label + ((size_t)k * e->room + x) * e->states * 2;
}

static inline i32 *bounds_at(const Engine *e, const Plan *p, i32 k, i32 x) {
    return p->bound + ((size_t)k * e->room + x) * e->states;
}

static inline i32 *free_at(const Engine *e, const Plan *p, i32 k, i32 x) {
    return p->free_late + ((size_t)k * e->room + x) * e->states;
}

static inline Load *loads_at(const Engine *e, const Plan *p, i32 k, i32 x) {
    return p->load + ((size_t)k * e->room + x) * e->loads;
}

static inline i32 node_before(const Engine *e, const Plan *p, i32 k, i32 x) {
    return x > 0 ? places(e, p, k)[x - 1].node : e->vehicle[k].start;
}

#endif
