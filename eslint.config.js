// Rules of `npm run lint` for TypeScript and the scripts, but for the layout, which is Prettier's.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['build/', 'dist/', 'node_modules/', 'tests/bench/', '**/node_modules/'] },
  ...tseslint.configs.strict,
  {
    files: ['web/**/*.ts', 'tests/**/*.ts'],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'tests/tsconfig.json', 'web/demo/tsconfig.json'] },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ['**/*.d.ts'], rules: { 'no-var': 'off' } }, // only `var` declares a property of globalThis
  {
    rules: {
      // Lengths are checked before they are used, which the compiler cannot see: noUncheckedIndexedAccess wants a `!`.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // In the tests, classes stand in for the browser's.
      '@typescript-eslint/no-extraneous-class': 'off',
      'no-irregular-whitespace': 'error',
      eqeqeq: 'error',
      'no-console': 'off',
    },
  },
);
