/** A small day for tests: two couriers, six stops, fixed hours. */
import type { Board, BoardRoute, BoardStop } from '../../src/dispatch/wire';

export const at = (clock: string): string => `2026-11-23T${clock}:00+07:00`;
export const ms = (clock: string): number => Date.parse(at(clock));

export function makeStop(id: string, planned: string, change: Partial<BoardStop> = {}): BoardStop {
  return {
    id,
    position: 1,
    state: 'open',
    planned_at: at(planned),
    tw_early_at: null,
    tw_late_at: null,
    service_duration_s: 300,
    arrived_at: null,
    ended_at: null,
    name: `Người ${id}`,
    address: 'Số 1 ngõ 2, khu Mẫu',
    commune: 'Phường Kinh Bắc',
    lat: 21.18,
    lon: 106.07,
    pin: 'street',
    acts: [],
    ...change,
  };
}

export function makeDone(id: string, planned: string, arrived: string, ended: string): BoardStop {
  return makeStop(id, planned, { state: 'done', arrived_at: at(arrived), ended_at: at(ended) });
}

export function makeRoute(
  name: string,
  stops: BoardStop[],
  change: Partial<BoardRoute> = {},
): BoardRoute {
  return {
    round_id: `round-${name}`,
    state: 'open',
    courier: {
      id: `courier-${name}`,
      display_name: name,
      badge: 'KB-01',
      phone: null,
      vehicle_label: 'Xe máy',
      profile: 'motorbike',
    },
    starts_at: at('07:30'),
    ends_at: at('17:00'),
    lunch_at: at('11:30'),
    lunch_duration_s: 3600,
    duration_s: 30_000,
    distance_m: 20_000,
    published_at: at('07:00'),
    opened_at: at('07:30'),
    closed_at: null,
    storage: 'free',
    phone: {
      num_unsent: 0,
      last_seen_at: at('08:55'),
      last_occurred_at: at('08:50'),
      app_version: '1',
    },
    place: null,
    stops: stops.map((stop, index) => ({ ...stop, position: index + 1 })),
    polyline: [],
    ...change,
  };
}

export function makeBoard(routes: BoardRoute[]): Board {
  return {
    service_on: '2026-11-23',
    server_at: at('09:00'),
    office: { id: 'o', code: 'KB', name: 'Kinh Bắc', lat: 21.18, lon: 106.07, phone: null },
    routes,
    num_unplanned: 3,
    num_held: 1,
  };
}
