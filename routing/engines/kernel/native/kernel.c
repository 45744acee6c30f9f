/* The compiled engine's doors: make, load, search, ask, free. Nothing here reads a clock. */
#include "exchange.h"

static void *zeros(size_t count, size_t size) { return calloc(count ? count : 1, size); }

static Plan make_plan(const Engine *e) {
    size_t all = (size_t)e->vehicles * e->room;
    return (Plan){
        .route = zeros((size_t)e->vehicles, sizeof(Route)),
        .place = zeros(all, sizeof(Place)),
        .label = e->lean ? NULL : zeros(all * e->states * 2, sizeof(Label)),
        .bound = e->lean ? NULL : zeros(all * e->states, sizeof(i32)),
        .free_late = e->lean ? NULL : zeros(all * e->states, sizeof(i32)),
        .load = zeros(all * e->loads, sizeof(Load)),
        .owner = zeros((size_t)e->n, sizeof(i32)),
        .position = zeros((size_t)e->n, sizeof(i32)),
        .link = zeros((size_t)e->n, sizeof(Link)),
        .recount = true,
    };
}

static void free_plan(Plan *p) {
    free(p->route), free(p->place), free(p->label), free(p->bound);
    free(p->free_late), free(p->load), free(p->owner), free(p->position);
    free(p->link);
}

static i32 soon(i64 at) { return (i32)MAX(MIN(at, (i64)NEVER), -(i64)NEVER); }

static void read_nodes(Engine *e) {
    for (i32 at = 0; at < e->nodes; at++) {
        const i64 *row = e->told.node + (size_t)at * NODE_COLUMNS;
        Node *node = &e->node[at];
        *node = (Node){
            .service = soon(row[N_SERVICE]), .early = soon(row[N_EARLY]), .late = soon(row[N_LATE]),
            .num_windows = (i32)row[N_WINDOWS], .soft_late = soon(row[N_SOFT_LATE]),
            .drift_early = soon(row[N_DRIFT_EARLY]), .drift_late = soon(row[N_DRIFT_LATE]),
            .release = soon(row[N_RELEASE]), .loaded_on = (i32)row[N_LOADED_ON],
            .goods = (i32)row[N_GOODS], .left_out = row[N_LEFT_OUT], .cash = row[N_CASH],
        };
        memcpy(node->out, row + N_OUT, sizeof node->out);
        memcpy(node->taken, row + N_TAKEN, sizeof node->taken);
    }
}

static void read_vehicle(Engine *e, i32 k) {
    const i64 *row = e->told.vehicle + (size_t)k * VEHICLE_COLUMNS;
    size_t cells = (size_t)e->nodes * e->nodes, skip = (size_t)row[V_PROFILE] * cells;
    Vehicle *v = &e->vehicle[k];
    *v = (Vehicle){
        .start = (i32)row[V_START], .end = (i32)row[V_END], .shift_early = soon(row[V_SHIFT_EARLY]),
        .shift_late = soon(row[V_SHIFT_LATE]), .day_end = soon(row[V_DAY_END]),
        .num_rests = (i32)row[V_RESTS], .reloads_max = (i32)row[V_RELOADS_MAX],
        .num_depots = (i32)row[V_DEPOTS], .on_road = (i32)row[V_ON_ROAD],
        .stops_max = (i32)row[V_STOPS_MAX], .profile = (i32)row[V_PROFILE],
        .kind = (i32)row[V_KIND], .fixed = row[V_FIXED], .metres_max = row[V_METRES_MAX],
        .way = e->told.way + skip, .way_least = e->told.way_least + skip,
        .arc = e->told.arc + skip, .arc_in = e->told.arc_in + skip,
        .metres = e->metres ? e->told.metres + skip : NULL,
    };
    for (i32 nth = 0; nth < DEPOTS_MAX; nth++) v->depot[nth] = (i32)row[V_DEPOT + nth];
    memcpy(v->capacity, row + V_CAPACITY, sizeof v->capacity);
    memcpy(v->carried, row + V_CARRIED, sizeof v->carried);
    for (i32 nth = 0; nth < RESTS_MAX; nth++)
        v->rest[nth] = (Rest){soon(row[V_REST_EARLY + nth]), soon(row[V_REST_START_LATE + nth]),
                              soon(row[V_REST_DURATION + nth]), soon(row[V_REST_DUE + nth])};
}

static void find_homes(Engine *e) {
    for (i32 stop = 0; stop < e->n; stop++) {
        const i64 *visit = e->visit + (size_t)stop * e->vehicles;
        i32 best = 0, many = 0;
        for (i32 k = 1; k < e->vehicles; k++)
            if (visit[k] < visit[best]) best = k;
        for (i32 k = 0; k < e->vehicles; k++) many += visit[k] == visit[best];
        e->home[stop] = many == 1 ? best : -1;
    }
}

/* Whether earliest and latest times and loads alone decide, and nothing later has a price. */
static bool is_lean(const Engine *e) {
    if (!e->sure || e->releases || e->states > 1) return false;
    if (e->told.fair_work < NEVER && e->told.excess_work) return false;
    for (i32 at = 0; at < e->n; at++)
        if (e->node[at].num_windows > 1 || (e->node[at].soft_late < NEVER && e->told.lateness))
            return false;
    for (i32 k = 0; k < e->vehicles; k++) {
        const Vehicle *v = &e->vehicle[k];
        if (v->reloads_max || (v->day_end > v->shift_late && e->told.overtime)) return false;
    }
    return true;
}

void kernel_free(Engine *e) {
    if (e == NULL) return;
    free_plan(&e->now), free_plan(&e->backup);
    free(e->node), free(e->vehicle), free(e->best_nodes), free(e->best_length);
    free(e->touched), free(e->is_touched), free(e->removed), free(e->removed_from);
    free(e->key), free(e->scratch), free(e->seen_kind), free(e->empty), free(e->home);
    free(e);
}

Engine *kernel_new(const Told *told, i64 room) {
    Engine *e = zeros(1, sizeof(Engine));
    e->told = *told;
    e->n = (i32)told->num_stops, e->nodes = (i32)told->num_nodes;
    e->vehicles = (i32)told->num_vehicles, e->states = (i32)told->num_states;
    e->loads = (i32)told->num_loads, e->room = (i32)room;
    e->sure = told->sure != 0, e->releases = told->has_release != 0;
    e->metres = told->metres != NULL, e->visit = told->visit;
    e->node = zeros((size_t)e->nodes, sizeof(Node));
    e->vehicle = zeros((size_t)e->vehicles, sizeof(Vehicle));
    read_nodes(e);
    for (i32 k = 0; k < e->vehicles; k++) read_vehicle(e, k);
    e->lean = is_lean(e);
    e->home = zeros((size_t)e->n, sizeof(i32));
    find_homes(e);
    e->now = make_plan(e), e->backup = make_plan(e);
    size_t vehicles = (size_t)e->vehicles, stops = (size_t)e->n;
    e->best_nodes = zeros(vehicles * e->room, sizeof(i32));
    e->best_length = zeros(vehicles, sizeof(i32));
    e->touched = zeros(vehicles, sizeof(i32));
    e->is_touched = zeros(vehicles, 1);
    e->removed = zeros(stops + 1, sizeof(i32)), e->removed_from = zeros(stops + 1, sizeof(i32));
    e->key = zeros(stops + 1, sizeof(double));
    e->scratch = zeros(2 * (size_t)e->room + 4, sizeof(i32));
    e->empty = zeros(vehicles, sizeof(i32));
    e->seen_kind = zeros((size_t)told->num_kinds + 1, 1);
    for (i32 at = 0; at < e->n; at++) e->now.owner[at] = -1;
    for (i32 k = 0; k < e->vehicles; k++) refresh(e, &e->now, k, 0, 0);
    return e;
}

/* Look at so many nearest stops first for a place; 0: at all routes at once. */
void kernel_look_near(Engine *e, i64 granular) { e->granular = (i32)granular; }

/* Set the nodes of a route; whether it then breaks no rule the kernel knows. */
i32 kernel_set_route(Engine *e, i64 k, const i32 *nodes, i64 length, i64 frozen) {
    Plan *p = &e->now;
    Place *at = places(e, p, (i32)k);
    for (i32 x = 0; x < p->route[k].length; x++)
        if (at[x].node < e->n) p->owner[at[x].node] = -1;
    if (length + 3 >= e->room) return 0;
    bool allowed = true;
    p->route[k] = (Route){.length = (i32)length, .frozen = (i32)frozen};
    for (i32 x = 0; x < length; x++) {
        at[x].node = nodes[x];
        if (nodes[x] >= e->n) continue;
        allowed = allowed && e->visit[(size_t)nodes[x] * e->vehicles + k] < NO_VEHICLE;
        count_stop(e, p, (i32)k, nodes[x], 1);
    }
    p->recount = true;
    e->frozen = e->frozen || frozen > 0;
    bool sound = refresh(e, p, (i32)k, 0, (i32)length);
    sound = sound && p->route[k].stops <= e->vehicle[k].stops_max;
    return sound && allowed && trip_fits(e, p, (i32)k);
}

/* Reckon the plan as loaded, and begin from it as the best. */
i64 kernel_begin(Engine *e) {
    e->cost = 0;
    for (i32 k = 0; k < e->vehicles; k++)
        e->cost += e->now.route[k].way_cost + e->now.route[k].penalty;
    for (i32 at = 0; at < e->n; at++)
        if (e->now.owner[at] < 0) e->cost += e->node[at].left_out;
    keep_best(e);
    return e->cost;
}

/* Take a change in, or put everything back if it is none; release the routes. */
static void conclude(Engine *e, i64 change) {
    if (change < TOO_MUCH) {
        e->cost += change;
        if (e->cost < e->best_cost) keep_best(e);
    } else {
        undo(e);
    }
    for (i32 at = 0; at < e->num_touched; at++) e->is_touched[e->touched[at]] = 0;
    e->num_touched = e->num_removed = 0;
}

static inline i64 allowance(Engine *e, double temperature) {
    return (i64)MIN(-temperature * log(1.0 - draw_unit(e)), 1e15);
}

/* Take strings out and put all that is out back. */
static void rebuild(Engine *e, double temperature) {
    i64 change = offer_left_out(e) + ruin(e);
    sort_removed(e);
    i64 added = recreate(e, allowance(e, temperature) - change + 1);
    conclude(e, added < TOO_MUCH ? change + added : TOO_MUCH);
}

/* Make so many steps, the temperature falling from `warm` to `cool` (cost units). */
i64 kernel_search(
    Engine *e, i64 steps, uint64_t seed, double warm, double cool, i64 exchanges) {
    seed_chance(e, seed);
    e->until_blink = 1 + draw_below(e, 100);
    double temperature = warm, fall = pow(cool / warm, 1.0 / (double)MAX(steps, 1));
    for (i64 step = 0; step < steps; step++) {
        temperature *= fall;
        rebuild(e, temperature);
        for (i64 nth = 0; nth < exchanges; nth++)
            conclude(e, exchange(e, allowance(e, temperature) + 1));
    }
    e->steps_done += steps;
    return e->best_cost;
}

i64 kernel_route_cost(const Engine *e, i64 k) {
    return e->now.route[k].way_cost + e->now.route[k].penalty;
}

i32 kernel_is_lean(const Engine *e) { return e->lean; }

i64 kernel_cost(const Engine *e) { return e->best_cost; }

/* Copy the best plan or, if `now`, the one the search stands at. */
void kernel_plan(const Engine *e, i64 now, i32 *nodes, i32 *length) {
    for (i32 k = 0; k < e->vehicles; k++) {
        const Place *place = places(e, &e->now, k);
        length[k] = now ? e->now.route[k].length : e->best_length[k];
        for (i32 x = 0; x < length[k]; x++) {
            size_t at = (size_t)k * e->room + x;
            nodes[at] = now ? place[x].node : e->best_nodes[at];
        }
    }
}
