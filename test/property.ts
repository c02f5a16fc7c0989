/**
 * fast-check with one seed for all runs, so that a test which passes does so everywhere. Other inputs are tried where
 * `WHYBOUNCE_TEST_SEED` is `random` or a number; a failure prints the seed that finds it again.
 */
import fc from 'fast-check';

const seed = process.env['WHYBOUNCE_TEST_SEED'] ?? '20261124';
fc.configureGlobal(seed === 'random' ? {} : { seed: Number(seed) });

export default fc;
