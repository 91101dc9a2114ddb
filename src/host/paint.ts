/** Colours, through chalk. Loaded only where there are any. */
import { Chalk, type ChalkInstance } from 'chalk';

export const createPaint = (): ChalkInstance => new Chalk({ level: 1 });
