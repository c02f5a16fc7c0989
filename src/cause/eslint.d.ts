/** The types of toml-eslint-parser name one of ESLint's, without which it runs as well. */
declare module 'eslint' {
  export namespace SourceCode {
    type VisitorKeys = unknown;
  }
}
