/** The version of package.json; a test keeps the two together, so that no start has to look for that file. */
export const VERSION = '0.1.0';
