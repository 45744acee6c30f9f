/** Who sits at a desk: signing in and out, and the second factor. */
import { ask } from './ask';

export interface Office {
  id: string;
  code: string;
  name: string;
  lat: number;
  lon: number;
  phone: string | null;
}

export interface Me {
  staff_id: string;
  username: string;
  display_name: string;
  role: string;
  badge: string | null;
  office: Office;
  offices: Office[];
  permissions: string[];
  locale: 'vi' | 'en';
  partner_id?: string | null;
  is_demo: boolean;
  /** Of the second factor: not set up, to be given, given in this session. */
  factor?: 'none' | 'needed' | 'given';
  is_factor_required?: boolean;
  /** An instant, RFC 3339. */
  server_at: string;
}

/** A second factor to be set up: its secret, and the address that an app reads as a QR. */
export interface NewFactor {
  secret: string;
  uri: string;
}

const IDENTITY = '/api/identity/v1';

export const findMe = () => ask<Me>(`${IDENTITY}/me`);
export const signIn = (username: string, password: string) =>
  ask<Me>(`${IDENTITY}/sign-in`, { method: 'POST', json: { username, password } });
export const signOut = () => ask<null>(`${IDENTITY}/sign-out`, { method: 'POST', json: {} });
export const beginFactor = () => ask<NewFactor>(`${IDENTITY}/factor`, { method: 'POST', json: {} });
export const confirmFactor = (code: string) =>
  ask<null>(`${IDENTITY}/confirm`, { method: 'POST', json: { code } });
export const getDemoCode = () => ask<{ code: string }>(`${IDENTITY}/demo-code`);
