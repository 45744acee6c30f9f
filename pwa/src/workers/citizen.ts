import { keepShell } from './shell';

keepShell('network-first');
