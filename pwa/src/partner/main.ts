/** Starts the agency’s app. */
import { mount } from 'svelte';
import '../lib/ui/base.css';
import './partner.css';
import { restoreLocale } from '../lib/i18n/catalog.svelte';
import { restoreTheme } from '../lib/theme.svelte';
import App from './App.svelte';

restoreTheme();
await restoreLocale();
const target = document.getElementById('app');
if (target) mount(App, { target });
