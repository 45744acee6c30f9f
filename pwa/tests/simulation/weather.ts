/** The network of the simulator: loses, doubles, delays for days, cuts pieces short, by a seed. */
import type { Answer, Chunk, Network } from '../../src/lib/sync/types';
import type { Chance } from '../lib/sync/phones';
import { readOps } from '../lib/sync/framing';
import type { Town, Who } from '../lib/sync/town';
import type { Clockwork } from './clockwork';

export interface Weather {
  is_offline: boolean;
  is_server_down: boolean;
  lost: number;
  reply_lost: number;
  doubled: number;
  /** Arrives, long after the phone has given up. */
  days_late: number;
  /** Only part of a piece of a picture arrives. */
  cut: number;
  portal: number;
  busy: number;
  /** More facts than this in one request are refused as too large. */
  num_ops_max: number;
  /** What was sent under another number is not delivered any more. */
  era: number;
}

export const FAIR: Weather = {
  is_offline: false,
  is_server_down: false,
  lost: 0,
  reply_lost: 0,
  doubled: 0,
  days_late: 0,
  cut: 0,
  portal: 0,
  busy: 0,
  num_ops_max: 200,
  era: 0,
};

export function makeWeather(chance: Chance): Weather {
  const bad = chance() < 0.3 ? 0.3 : 0.08;
  return {
    is_offline: chance() < 0.25,
    is_server_down: false,
    lost: chance() * bad,
    reply_lost: chance() * bad,
    doubled: chance() * bad,
    days_late: chance() * bad,
    cut: chance() * bad,
    portal: chance() * 0.1,
    busy: chance() * 0.1,
    num_ops_max: chance() < 0.2 ? 1 + Math.floor(chance() * 8) : 200,
    era: 0,
  };
}

const TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
const PAGE: Answer = { status: 200, body: null, retry_after_s: null, is_portal: true };

export interface Line {
  town: Town;
  clockwork: Clockwork;
  chance: Chance;
  /** The weather now. */
  weather(): Weather;
  who(): Who;
}

/** A line from one phone to the town. */
export function makeLine(line: Line): Network {
  const { town, clockwork, chance } = line;

  /** Ask once; `reach` is what the town does when the request gets there. */
  function ask(reach: (who: Who) => Answer): Promise<Answer> {
    const sky = line.weather();
    const who = { ...line.who() };
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('no answer'));
      if (sky.is_offline) return void clockwork.after(5, fail);
      if (chance() < sky.portal) return void clockwork.after(40, () => resolve(PAGE));
      clockwork.after(TIMEOUT_MS, fail);
      const arrive = (isHeard: boolean): void => {
        if (line.weather().era !== sky.era) return;
        if (line.weather().is_server_down) {
          if (isHeard) clockwork.after(5, fail);
          return;
        }
        const answer = chance() < sky.busy ? BUSY : reach(who);
        if (isHeard && chance() >= sky.reply_lost) {
          clockwork.after(20 + chance() * 400, () => resolve(structuredClone(answer)));
        }
      };
      const isLate = chance() < sky.days_late;
      const delay_ms = isLate ? chance() * 3 * DAY_MS : 20 + chance() * 400;
      if (chance() >= sky.lost) clockwork.after(delay_ms, () => arrive(true));
      if (chance() < sky.doubled) {
        const again_ms = chance() < 0.5 ? chance() * 1_000 : chance() * 2 * DAY_MS;
        clockwork.after(again_ms, () => arrive(false));
      }
    });
  }

  return {
    exchange: (body) =>
      ask((who) => {
        const isLarge = readOps(body).length > line.weather().num_ops_max;
        return isLarge ? { ...BUSY, status: 413 } : town.exchange(body, who);
      }),
    snapshot: () => ask((who) => town.snapshot(who)),
    resume: async () => line.who().has_session && !line.weather().is_offline,
    register: async () => true,
    isOurs: async () => {
      if (line.weather().is_offline) throw new Error('no answer');
      return true;
    },
    headBlob: (sha) => ask((who) => town.headBlob(sha, who)),
    patchBlob: (chunk) =>
      ask((who) => town.patchBlob(chance() < line.weather().cut ? shorten(chunk) : chunk, who)),
  };
}

const BUSY: Answer = { status: 503, body: null, retry_after_s: 5 };

const shorten = (chunk: Chunk): Chunk => ({
  ...chunk,
  bytes: chunk.bytes.subarray(0, Math.floor(chunk.bytes.length / 2)),
});
