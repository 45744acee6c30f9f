import { keepShell } from './shell';

keepShell('kept-first');
