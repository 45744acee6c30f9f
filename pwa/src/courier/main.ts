/** Starts the courier app. */
import { mount } from 'svelte';
import '../lib/ui/base.css';
import { restoreLocale } from '../lib/i18n/catalog.svelte';
import { t as common } from '../lib/i18n/shared';
import { restoreTheme } from '../lib/theme.svelte';
import { toast } from '../lib/ui/toasts.svelte';
import { registerWorker } from '../lib/worker';
import App from './App.svelte';
import { codeOfAddress } from './identity';
import { restoreSimple } from './simple.svelte';
import { start } from './state.svelte';

const code = codeOfAddress(location.hash);
// A code is for one use: it must not stay in the address, the history or a screenshot.
if (code !== null) history.replaceState(null, '', '/courier/');

restoreTheme();
restoreSimple();
const target = document.getElementById('app');
if (target) mount(App, { target });
void restoreLocale();
void start(code);
void registerWorker('/courier/sw.js', '/courier/', (apply) =>
  toast(
    {
      tone: 'info',
      text: common('updated'),
      action: { label: common('update_now'), run: apply },
    },
    null,
  ),
);

// The map must be there when the signal is not; it waits until the day itself has been fetched.
const QUIET_MS = 10_000;
setTimeout(() => navigator.serviceWorker?.controller?.postMessage('keep-later'), QUIET_MS);
