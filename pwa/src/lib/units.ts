/** Figures with their unit in the type, and how people read them. */
import { locale } from './i18n/catalog.svelte';
import { t } from './i18n/shared';

declare const unit: unique symbol;
export type Metres = number & { readonly [unit]?: 'm' };
export type Seconds = number & { readonly [unit]?: 's' };
export type Vnd = number & { readonly [unit]?: 'vnd' };

/** The business day and every clock on a screen are Vietnam's (reliability R11). */
export const TIME_ZONE = 'Asia/Ho_Chi_Minh';

const language = (): string => (locale() === 'vi' ? 'vi-VN' : 'en-GB');

/** `120000` → `120.000 đ`. */
export function money(amount_vnd: Vnd): string {
  return `${new Intl.NumberFormat(language()).format(amount_vnd)} đ`;
}

/** `850` → `850 m`, `12400` → `12,4 km`. */
export function distance(distance_m: Metres): string {
  if (distance_m < 1000) return `${Math.round(distance_m)} m`;
  const digits = new Intl.NumberFormat(language(), { maximumFractionDigits: 1 });
  return `${digits.format(distance_m / 1000)} km`;
}

/** `5400` → `1 giờ 30 phút`. */
export function duration(duration_s: Seconds): string {
  const minutes = Math.round(duration_s / 60);
  const rest = minutes % 60;
  if (minutes < 60) return t('minutes', { count: minutes });
  const hours = t('hours', { count: Math.floor(minutes / 60) });
  return rest === 0 ? hours : `${hours} ${t('minutes', { count: rest })}`;
}

/** A month of payment as people write it: `2026-12` → `12/2026`; what is no month stays. */
export function periodName(period: string): string {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(period) ?? [];
  return year && month ? `${month}/${year}` : period;
}

/** Hour and minute in Vietnam of an instant: `08:12`. */
export function timeOfDay(instant: string | number | Date): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: TIME_ZONE,
  }).format(new Date(instant));
}

/** Seconds after midnight of the service day: `29520` → `08:12`. */
export function timeOfSeconds(second: Seconds): string {
  const minutes = Math.floor(second / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** A day in words: `Thứ Hai, 23/11/2026`. Takes an instant or a plain `YYYY-MM-DD`. */
export function day(date: string | number | Date): string {
  const text = new Intl.DateTimeFormat(language(), {
    weekday: 'long',
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    timeZone: TIME_ZONE,
  }).format(new Date(date));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A day that fits beside a badge: `Th 2, 23/11`. */
export function shortDay(date: string | number | Date): string {
  return new Intl.DateTimeFormat(language(), {
    weekday: 'short',
    day: '2-digit',
    month: '2-digit',
    timeZone: TIME_ZONE,
  }).format(new Date(date));
}

/** The service day of an instant, `YYYY-MM-DD` in Vietnam. */
export function serviceDay(instant: string | number | Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE }).format(new Date(instant));
}

/** How long ago: `vừa xong`, `12 phút trước`. */
export function age(since: number, now: number): string {
  const minutes = Math.floor(Math.max(0, now - since) / 60_000);
  if (minutes < 1) return t('just_now');
  if (minutes < 60) return t('ago', { time: t('minutes', { count: minutes }) });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('ago', { time: t('hours', { count: hours }) });
  return t('ago', { time: t('days', { count: Math.floor(hours / 24) }) });
}
